#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "native/onnx/evaluators.h"

namespace visavis::onnx_graph {
namespace {

/// Convolutions, pools, matrix products and resizing. Images are [n, c, h, w]; [n, c, w] counts as
/// one row.

using FloatMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstFloatMap = Eigen::Map<const FloatMatrix>;

struct Image {
  Dims dims;  ///< [n, c, h, w]
  SpatialWindow window;
};

/// One row above all others, where there is only a width.
Image image_of(const NodeReader& node, const Dims& dims, const Dims& kernel) {
  Image image{dims, window_of(node, dims, kernel)};
  if (dims.size() == 4) return image;
  if (dims.size() != 3) node.unsupported("takes " + to_string(dims) + "; images are supported");
  image.dims.insert(image.dims.begin() + 2, 1);
  SpatialWindow& w = image.window;
  for (Dims* sizes : {&w.kernel, &w.strides, &w.dilations, &w.outputs}) {
    sizes->insert(sizes->begin(), 1);
  }
  for (Dims* pads : {&w.begins, &w.ends, &w.extra}) pads->insert(pads->begin(), 0);
  return image;
}

Dims result_dims(const Dims& dims, const SpatialWindow& window, std::int64_t channels) {
  Dims result{dims[0], channels};
  const std::size_t missing = window.outputs.size() - (dims.size() - 2);
  result.insert(result.end(), window.outputs.begin() + static_cast<std::ptrdiff_t>(missing),
                window.outputs.end());
  return result;
}

/// visit(tap, y, x) for the elements under the window at output (row, column) that are in the
/// image.
template <class Visit>
void for_taps(const Image& image, std::int64_t row, std::int64_t column, const Visit& visit) {
  const SpatialWindow& w = image.window;
  for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
    const std::int64_t y = row * w.strides[0] + ky * w.dilations[0] - w.begins[0];
    for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
      const std::int64_t x = column * w.strides[1] + kx * w.dilations[1] - w.begins[1];
      if (y < 0 || x < 0 || y >= image.dims[2] || x >= image.dims[3]) continue;
      visit(ky * w.kernel[1] + kx, y, x);
    }
  }
}

/// [channels of one group * kernel, outputs]: what each output pixel sees, zero in the padding.
FloatMatrix columns_of(const Image& image, const float* plane, std::int64_t channels) {
  const SpatialWindow& w = image.window;
  const std::int64_t taps = w.kernel[0] * w.kernel[1];
  FloatMatrix columns = FloatMatrix::Zero(channels * taps, w.outputs[0] * w.outputs[1]);
  for (std::int64_t row = 0; row < w.outputs[0]; ++row) {
    for (std::int64_t column = 0; column < w.outputs[1]; ++column) {
      for_taps(image, row, column, [&](std::int64_t tap, std::int64_t y, std::int64_t x) {
        for (std::int64_t c = 0; c < channels; ++c) {
          columns(c * taps + tap, row * w.outputs[1] + column) =
              plane[(c * image.dims[2] + y) * image.dims[3] + x];
        }
      });
    }
  }
  return columns;
}

Constant convolution(const NodeReader& node) {
  const std::vector<float> x = node.numbers(0);
  const std::vector<float> filter = node.numbers(1);
  const Dims& dims = node.constant(0).dims;
  const Dims& shape = node.constant(1).dims;
  const std::int64_t groups = convolution_groups(node, dims, shape);
  const Image image = image_of(node, dims, {shape.begin() + 2, shape.end()});
  const SpatialWindow& w = image.window;
  const std::int64_t pixels = w.outputs[0] * w.outputs[1];
  const std::int64_t plane = image.dims[2] * image.dims[3];
  const std::int64_t depth = shape[1] * w.kernel[0] * w.kernel[1];
  const std::vector<float> bias = node.has_input(2) ? node.numbers(2) : std::vector<float>{};
  if (!bias.empty() && static_cast<std::int64_t>(bias.size()) != shape[0]) {
    node.broken("the bias must have one value per output channel");
  }
  std::vector<float> y(static_cast<std::size_t>(dims[0] * shape[0] * pixels));
  const std::int64_t per_group = shape[0] / groups;
  for (std::int64_t n = 0; n < dims[0]; ++n) {
    for (std::int64_t group = 0; group < groups; ++group) {
      const FloatMatrix columns =
          columns_of(image, x.data() + (n * dims[1] + group * shape[1]) * plane, shape[1]);
      const ConstFloatMap weights(filter.data() + group * per_group * depth, per_group, depth);
      Eigen::Map<FloatMatrix> out(y.data() + (n * shape[0] + group * per_group) * pixels, per_group,
                                  pixels);
      out.noalias() = weights * columns;
    }
    for (std::int64_t o = 0; o < shape[0] && !bias.empty(); ++o) {
      float* row = y.data() + (n * shape[0] + o) * pixels;
      for (std::int64_t i = 0; i < pixels; ++i) row[i] += bias[static_cast<std::size_t>(o)];
    }
  }
  return Constant::floats(result_dims(dims, w, shape[0]), std::move(y));
}

/// f(image, plane, row, column) for each output of each plane.
template <class F>
Constant pooled(const NodeReader& node, const F& f) {
  const std::vector<float> x = node.numbers(0);
  const Dims& dims = node.constant(0).dims;
  check_pool(node);
  const Image image = image_of(node, dims, {});
  const SpatialWindow& w = image.window;
  std::vector<float> y;
  for (std::int64_t i = 0; i < image.dims[0] * image.dims[1]; ++i) {
    const float* plane = x.data() + i * image.dims[2] * image.dims[3];
    for (std::int64_t row = 0; row < w.outputs[0]; ++row) {
      for (std::int64_t column = 0; column < w.outputs[1]; ++column) {
        y.push_back(static_cast<float>(f(image, plane, row, column)));
      }
    }
  }
  return Constant::floats(result_dims(dims, w, dims[1]), std::move(y));
}

Constant max_pool(const NodeReader& node) {
  return pooled(node, [](const Image& image, const float* plane, auto row, auto column) {
    float most = -std::numeric_limits<float>::infinity();
    for_taps(image, row, column, [&](auto, std::int64_t y, std::int64_t x) {
      most = std::max(most, plane[y * image.dims[3] + x]);
    });
    return most;
  });
}

/// Elements of the window at output `at` along one axis that lie in the padded image: what is
/// counted where padding is (count_include_pad).
std::int64_t counted(const Image& image, std::size_t axis, std::int64_t at) {
  const SpatialWindow& w = image.window;
  const std::int64_t start = at * w.strides[axis] - w.begins[axis];
  std::int64_t count = 0;
  for (std::int64_t k = 0; k < w.kernel[axis]; ++k) {
    count += start + k * w.dilations[axis] < image.dims[axis + 2] + w.ends[axis] ? 1 : 0;
  }
  return count;
}

Constant average_pool(const NodeReader& node) {
  const bool counts_padding = node.integer("count_include_pad", 0) != 0;
  return pooled(node, [&](const Image& image, const float* plane, auto row, auto column) {
    double sum = 0;
    std::int64_t count = 0;
    for_taps(image, row, column, [&](auto, std::int64_t y, std::int64_t x) {
      sum += plane[y * image.dims[3] + x];
      ++count;
    });
    if (counts_padding) count = counted(image, 0, row) * counted(image, 1, column);
    return sum / static_cast<double>(count);
  });
}

/// Matrices along the last two dims, the others broadcast.
Constant mat_mul(const NodeReader& node) {
  Constant a = node.constant(0);
  Constant b = node.constant(1);
  const MatrixSizes sizes = matrix_sizes(node, a.dims, b.dims);
  const std::vector<float> left = node.numbers(0);
  const std::vector<float> right = node.numbers(1);
  const Dims a_index = broadcast_indices(sizes.a_batch, sizes.batch);
  const Dims b_index = broadcast_indices(sizes.b_batch, sizes.batch);
  std::vector<float> y(a_index.size() * static_cast<std::size_t>(sizes.rows * sizes.columns));
  for (std::size_t i = 0; i < a_index.size(); ++i) {
    const ConstFloatMap x(left.data() + a_index[i] * sizes.rows * sizes.depth, sizes.rows,
                          sizes.depth);
    const ConstFloatMap w(right.data() + b_index[i] * sizes.depth * sizes.columns, sizes.depth,
                          sizes.columns);
    Eigen::Map<FloatMatrix>(y.data() + static_cast<std::int64_t>(i) * sizes.rows * sizes.columns,
                            sizes.rows, sizes.columns)
        .noalias() = x * w;
  }
  return Constant::floats(sizes.result, std::move(y));
}

Constant gemm(const NodeReader& node) {
  const auto matrix = [&](std::size_t index, const char* transposed) -> FloatMatrix {
    const std::vector<float> values = node.numbers(index);
    const Dims& dims = node.constant(index).dims;
    if (dims.size() != 2) node.broken("multiplies with no plain matrix");
    const ConstFloatMap given(values.data(), dims[0], dims[1]);
    if (node.integer(transposed, 0) != 0) return given.transpose();
    return given;
  };
  const FloatMatrix a = matrix(0, "transA");
  const FloatMatrix b = matrix(1, "transB");
  if (a.cols() != b.rows()) node.broken("its matrices do not fit together");
  FloatMatrix y = node.real("alpha", 1) * (a * b);
  const Dims dims{y.rows(), y.cols()};
  if (node.has_input(2)) {
    const Constant& c = node.constant(2);
    const Dims target = broadcast(node, dims, c.dims);
    if (target != dims) node.broken("C does not fit its matrices");
    const Values shift = values_of(taken(c, dims, broadcast_indices(c.dims, dims)));
    const float beta = node.real("beta", 1);
    for (Eigen::Index i = 0; i < y.size(); ++i) {
      y.data()[i] += beta * static_cast<float>(shift[static_cast<std::size_t>(i)]);
    }
  }
  return Constant::floats(dims, {y.data(), y.data() + y.size()});
}

Constant resize(const NodeReader& node) {
  Constant image = node.constant(0);
  const ResizePlan plan = resize_of(node, image.dims);
  for (const ResizedAxis& axis : plan.axes) {
    const Rows rows = rows_of(image.dims, axis.axis, axis.axis + 1);
    const Values from = values_of(image);
    Values values(rows.outer * axis.taps.size() * rows.inner);
    for (std::size_t outer = 0; outer < rows.outer; ++outer) {
      for (std::size_t i = 0; i < axis.taps.size(); ++i) {
        for (const ResizedAxis::Tap& tap : axis.taps[i]) {
          const auto source = static_cast<std::size_t>(tap.source);
          for (std::size_t inner = 0; inner < rows.inner; ++inner) {
            values[(outer * axis.taps.size() + i) * rows.inner + inner] +=
                tap.weight * from[(outer * rows.size + source) * rows.inner + inner];
          }
        }
      }
    }
    image.dims[axis.axis] = static_cast<std::int64_t>(axis.taps.size());
    image = made(image.type, image.dims, values);
  }
  return image;
}

}  // namespace

Evaluate find_window(const std::string& op) {
  static const std::map<std::string_view, Evaluate> table{
      {"AveragePool", average_pool}, {"Conv", convolution}, {"Gemm", gemm},
      {"MatMul", mat_mul},           {"MaxPool", max_pool}, {"Resize", resize},
      {"Upsample", resize},
  };
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace visavis::onnx_graph
