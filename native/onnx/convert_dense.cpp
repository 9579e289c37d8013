#include <utility>

#include "native/onnx/blocks.h"
#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// A constant matrix [depth, columns] that a value's last dimension is multiplied with.
struct Matrix {
  std::vector<float> values;
  std::size_t depth = 0;
  std::size_t columns = 0;
};

Matrix matrix_of(const std::vector<float>& given, std::int64_t rows, std::int64_t columns,
                 bool is_transposed, float factor) {
  Matrix matrix{given, static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)};
  if (is_transposed) std::swap(matrix.depth, matrix.columns);
  for (std::size_t i = 0; i < matrix.depth; ++i) {
    for (std::size_t o = 0; o < matrix.columns; ++o) {
      matrix.values[i * matrix.columns + o] =
          factor * (is_transposed ? given[o * matrix.depth + i] : given[i * matrix.columns + o]);
    }
  }
  return matrix;
}

/// One row of features in whatever order they lie: the matrix is turned to that order instead.
Value fully_connected(Operation& operation, const Value& value, const Matrix& matrix,
                      std::map<std::string, Tensor> parameters) {
  const std::vector<std::size_t> theirs = onnx_indices(value.layout);
  Tensor filter({matrix.columns, matrix.depth});
  for (std::size_t o = 0; o < matrix.columns; ++o) {
    for (std::size_t i = 0; i < matrix.depth; ++i) {
      filter[o * matrix.depth + i] = matrix.values[theirs[i] * matrix.columns + o];
    }
  }
  const bool has_bias = parameters.contains("bias");
  parameters["filter"] = std::move(filter);
  const FullyConnected kind{to_int(operation, static_cast<std::int64_t>(matrix.columns)), has_bias};
  Value result{operation.add("fc", kind, {value.id}, parameters), value.dims, {}};
  result.dims.back() = static_cast<std::int64_t>(matrix.columns);
  result.layout = row_major(result.dims);
  return result;
}

/// value [.., depth] times the matrix; `bias` is empty or has one entry per column.
Value multiplied(Operation& operation, const Value& value, const Matrix& matrix,
                 const std::vector<float>& bias) {
  std::map<std::string, Tensor> parameters;
  if (!bias.empty()) parameters["bias"] = Tensor({bias.size()}, bias);
  const std::size_t rows = element_count(value.dims) / matrix.depth;
  if (rows == 1) return fully_connected(operation, value, matrix, std::move(parameters));
  const auto order = natural_order(value.dims.size());
  Tensor filter({matrix.columns, 1, 1, matrix.depth});
  for (std::size_t o = 0; o < matrix.columns; ++o) {
    for (std::size_t i = 0; i < matrix.depth; ++i) {
      filter[o * matrix.depth + i] = matrix.values[i * matrix.columns + o];
    }
  }
  parameters["filter"] = std::move(filter);
  const Convolution kind{Window{}, to_int(operation, static_cast<std::int64_t>(matrix.columns)), 1,
                         !bias.empty()};
  const ValueId input = operation.arranged(value, order, {1, rows, matrix.depth});
  Value result{operation.add("conv", kind, {input}, parameters), value.dims, {}};
  result.dims.back() = static_cast<std::int64_t>(matrix.columns);
  result.layout = row_major(result.dims);
  return result;
}

/// alpha * A' * B' + beta * C, one of A and B constant.
void gemm(Operation& operation) {
  const bool constant_first = !operation.is_value(0);
  if (operation.is_value(0) && operation.is_value(1)) {
    operation.unsupported("multiplies two computed matrices; one of them must be constant");
  }
  const Dims& dims = operation.constant(constant_first ? 0 : 1).dims;
  Value value = operation.value(constant_first ? 1 : 0);
  if (dims.size() != 2 || value.dims.size() != 2) {
    operation.broken("multiplies with no plain matrix");
  }
  bool turns_value = operation.integer(constant_first ? "transB" : "transA", 0) != 0;
  bool turns_constant = operation.integer(constant_first ? "transA" : "transB", 0) != 0;
  if (constant_first) {  // A B = (B' A')'
    turns_value = !turns_value;
    turns_constant = !turns_constant;
  }
  if (turns_value) value = transposed(value, {1, 0});
  const Matrix matrix = matrix_of(operation.weights(constant_first ? 0 : 1), dims[0], dims[1],
                                  turns_constant, operation.real("alpha", 1));
  if (static_cast<std::int64_t>(matrix.depth) != value.dims[1]) {
    operation.broken("matrix " + to_string(dims) + " does not fit input " + to_string(value.dims));
  }
  const float beta = operation.real("beta", 1);
  std::vector<float> bias;
  const bool has_constant = operation.has_input(2) && !operation.is_value(2);
  const bool is_row =
      has_constant && !constant_first &&
      element_count(operation.constant(2).dims) == matrix.columns &&
      operation.constant(2).dims.back() == static_cast<std::int64_t>(matrix.columns);
  if (is_row) {
    bias = operation.weights(2);
    for (float& b : bias) b *= beta;
  }
  Value result = multiplied(operation, value, matrix, bias);
  if (constant_first) result = transposed(result, {1, 0});
  if (has_constant && !is_row) {
    Weights shift{operation.weights(2), operation.constant(2).dims};
    for (float& s : shift.values) s *= beta;
    result = affine(operation, result, {{1}, {}}, shift);
  } else if (operation.has_input(2) && !has_constant) {
    const Value shift =
        beta == 1 ? operation.value(2) : scaled(operation, operation.value(2), beta, 0);
    result = arithmetic(operation, ArithmeticOperation::kAdd, result, shift);
  }
  operation.produce(result);
}

void mat_mul(Operation& operation) {
  if (operation.is_value(0) && operation.is_value(1)) {
    operation.unsupported("multiplies two computed matrices; one of them must be constant");
  }
  const bool constant_first = !operation.is_value(0);
  const Constant& constant = operation.constant(constant_first ? 0 : 1);
  Value value = operation.value(constant_first ? 1 : 0);
  const MatrixSizes sizes = constant_first ? matrix_sizes(operation, constant.dims, value.dims)
                                           : matrix_sizes(operation, value.dims, constant.dims);
  const std::int64_t wide = constant_first ? sizes.rows : sizes.columns;
  if (static_cast<std::int64_t>(element_count(constant.dims)) != sizes.depth * wide) {
    operation.unsupported("multiplies with a stack of matrices " + to_string(constant.dims) +
                          "; one matrix is supported");
  }
  // The value as [.., rows, depth].
  if (value.dims.size() == 1) value = with_dims(operation, value, {1, sizes.depth});
  if (constant_first && operation.value(1).dims.size() > 1) {
    std::vector<std::size_t> swapped = natural_order(value.dims.size());
    std::swap(swapped[swapped.size() - 1], swapped[swapped.size() - 2]);
    value = transposed(value, swapped);
  }
  const Matrix matrix = constant_first
                            ? matrix_of(operation.weights(0), sizes.rows, sizes.depth, true, 1)
                            : matrix_of(operation.weights(1), sizes.depth, sizes.columns, false, 1);
  Value result = multiplied(operation, value, matrix, {});
  if (constant_first) {
    std::vector<std::size_t> swapped = natural_order(result.dims.size());
    std::swap(swapped[swapped.size() - 1], swapped[swapped.size() - 2]);
    result = transposed(result, swapped);
  }
  operation.produce(with_dims(operation, result, sizes.result));
}

}  // namespace

const Converters& dense_converters() {
  static const Converters table{{"Gemm", gemm}, {"MatMul", mat_mul}};
  return table;
}

}  // namespace visavis::onnx_graph
