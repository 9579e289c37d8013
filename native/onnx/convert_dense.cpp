#include <utility>

#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// The matrix that a value [1, .., features] is multiplied with: factor * given, [in, out] or, if
/// transposed, [out, in].
struct Matrix {
  const std::vector<float>& given;
  Dims dims;
  bool is_transposed;
  float factor;
};

void add_fully_connected(Operation& operation, const Value& value, const Matrix& matrix,
                         std::map<std::string, Tensor> parameters) {
  if (matrix.dims.size() != 2) operation.unsupported("multiplies with no plain matrix");
  const auto in = static_cast<std::size_t>(matrix.dims[matrix.is_transposed ? 1 : 0]);
  const auto out = static_cast<std::size_t>(matrix.dims[matrix.is_transposed ? 0 : 1]);
  const std::size_t features = element_count(value.dims);
  if (value.dims.size() < 2 || value.dims.back() != static_cast<std::int64_t>(features)) {
    operation.unsupported("multiplies " + to_string(value.dims) +
                          "; one row of features is supported");
  }
  if (in != features) {
    operation.broken("matrix " + to_string(matrix.dims) + " does not fit input " +
                     to_string(value.dims));
  }
  std::vector<std::size_t> indices;
  if (value.layout == Layout::kFlattened) indices = channels_first_indices(value.image);
  Tensor filter({out, in});
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t i = 0; i < in; ++i) {
      const std::size_t theirs = indices.empty() ? i : indices[i];
      filter[o * in + i] =
          matrix.factor * matrix.given[matrix.is_transposed ? o * in + theirs : theirs * out + o];
    }
  }
  parameters["filter"] = std::move(filter);
  const bool has_bias = parameters.contains("bias");
  const ValueId id = operation.add(
      "fc", FullyConnected{to_int(operation, static_cast<std::int64_t>(out)), has_bias}, {value.id},
      parameters);
  Dims dims = value.dims;
  dims.back() = static_cast<std::int64_t>(out);
  operation.produce({id, dims});
}

}  // namespace

/// alpha * A' * B' + beta * C, B and C constant.
void convert_gemm(Operation& operation) {
  const Value value = operation.value(0);
  if (operation.integer("transA", 0) != 0) operation.unsupported("transposes its first input");
  const bool is_transposed = operation.integer("transB", 0) != 0;
  const Matrix matrix{operation.weights(1), operation.constant(1).dims, is_transposed,
                      operation.real("alpha", 1)};
  std::map<std::string, Tensor> parameters;
  if (operation.has_input(2)) {
    if (matrix.dims.size() != 2) operation.unsupported("multiplies with no plain matrix");
    const Value result{0, {1, matrix.dims[is_transposed ? 0 : 1]}};
    std::vector<float> bias = operation.per_channel(operation.constant(2), result);
    for (float& b : bias) b *= operation.real("beta", 1);
    parameters["bias"] = Tensor({bias.size()}, bias);
  }
  add_fully_connected(operation, value, matrix, std::move(parameters));
}

void convert_mat_mul(Operation& operation) {
  const Value value = operation.value(0);
  const Matrix matrix{operation.weights(1), operation.constant(1).dims, false, 1};
  add_fully_connected(operation, value, matrix, {});
}

}  // namespace visavis::onnx_graph
