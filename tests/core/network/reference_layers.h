#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/model/model.h"
#include "core/network/network_spec.h"
#include "core/network/tensor.h"

namespace visavis {

/// Every layer kind as its definition reads, one output element at a time, in double: slow, and
/// right at a glance. The runtime is held against it. Values carry the batch first.

/// Element (n, y, x, c) of a batch of images.
inline float at(const Tensor& image, std::size_t n, std::size_t y, std::size_t x, std::size_t c) {
  const Shape& s = image.shape();
  return image[((n * s[1] + y) * s[2] + x) * s[3] + c];
}

/// Calls visit(ky, kx, iy, ix) for the elements under the kernel that lie inside of the image.
template <class Visit>
void for_window(const Window& w, const Shape& image, std::size_t y, std::size_t x, Visit visit) {
  for (int ky = 0; ky < w.kernel_height; ++ky) {
    for (int kx = 0; kx < w.kernel_width; ++kx) {
      const long iy =
          static_cast<long>(y) * w.stride_height + ky * w.dilation_height - w.padding.top;
      const long ix =
          static_cast<long>(x) * w.stride_width + kx * w.dilation_width - w.padding.left;
      if (iy < 0 || ix < 0 || iy >= static_cast<long>(image[1])) continue;
      if (ix >= static_cast<long>(image[2])) continue;
      visit(ky, kx, static_cast<std::size_t>(iy), static_cast<std::size_t>(ix));
    }
  }
}

/// Runs one layer: `output` comes in with its shape and leaves filled.
class ReferenceLayer {
 public:
  ReferenceLayer(const Layer& layer, const Parameters& parameters,
                 std::vector<const Tensor*> inputs, Tensor& output)
      : layer_(layer), parameters_(parameters), inputs_(std::move(inputs)), out_(output) {}

  void run() {
    std::visit([this](const auto& kind) { run(kind); }, layer_.kind);
  }

 private:
  void run(const Convolution& c) {
    const Tensor& filter = parameter("filter");  // [out, kh, kw, in / groups]
    const std::size_t depth = filter.shape()[3];
    const std::size_t per_group = filter.shape()[0] / c.groups;
    for_pixels([&](std::size_t n, std::size_t y, std::size_t x, std::size_t o) {
      double sum = c.has_bias ? parameter("bias")[o] : 0;
      for_window(c.window, in().shape(), y, x, [&](int ky, int kx, std::size_t iy, std::size_t ix) {
        for (std::size_t i = 0; i < depth; ++i) {
          const double weight =
              filter[((o * c.window.kernel_height + ky) * c.window.kernel_width + kx) * depth + i];
          sum += weight * at(in(), n, iy, ix, o / per_group * depth + i);
        }
      });
      return sum;
    });
  }

  void run(const DepthwiseConvolution& d) {
    const Tensor& filter = parameter("filter");  // [kh, kw, channels]
    for_pixels([&](std::size_t n, std::size_t y, std::size_t x, std::size_t c) {
      double sum = d.has_bias ? parameter("bias")[c] : 0;
      for_window(d.window, in().shape(), y, x, [&](int ky, int kx, std::size_t iy, std::size_t ix) {
        const double weight = filter[(ky * d.window.kernel_width + kx) * channels() + c];
        sum += weight * at(in(), n, iy, ix, c);
      });
      return sum;
    });
  }

  void run(const FullyConnected& f) {
    const Tensor& filter = parameter("filter");  // [out, in]
    const std::size_t features = filter.shape()[1];
    for (std::size_t i = 0; i < out_.size(); ++i) {
      const std::size_t n = i / f.out_features;
      const std::size_t o = i % f.out_features;
      double sum = f.has_bias ? parameter("bias")[o] : 0;
      for (std::size_t k = 0; k < features; ++k) {
        sum += static_cast<double>(filter[o * features + k]) * in()[n * features + k];
      }
      out_[i] = static_cast<float>(sum);
    }
  }

  void run(const MaxPool& p) {
    for_pixels([&](std::size_t n, std::size_t y, std::size_t x, std::size_t c) {
      double best = -std::numeric_limits<double>::infinity();
      for_window(p.window, in().shape(), y, x, [&](int, int, std::size_t iy, std::size_t ix) {
        best = std::max<double>(best, at(in(), n, iy, ix, c));
      });
      return best;
    });
  }

  void run(const AveragePool& p) {
    for_pixels([&](std::size_t n, std::size_t y, std::size_t x, std::size_t c) {
      double sum = 0;
      int count = 0;
      for_window(p.window, in().shape(), y, x, [&](int, int, std::size_t iy, std::size_t ix) {
        sum += at(in(), n, iy, ix, c);
        ++count;
      });
      return sum / count;
    });
  }

  void run(const GlobalMaxPool&) {
    for_channels([](const std::vector<double>& values) {
      return *std::max_element(values.begin(), values.end());
    });
  }

  void run(const GlobalAveragePool&) {
    for_channels([](const std::vector<double>& values) {
      double sum = 0;
      for (const double value : values) sum += value;
      return sum / static_cast<double>(values.size());
    });
  }

  void run(const BatchNormalization& b) {
    for_elements([&](double x, std::size_t c) {
      const double deviation = std::sqrt(static_cast<double>(parameter("variance")[c]) + b.epsilon);
      return parameter("scale")[c] * (x - parameter("mean")[c]) / deviation + parameter("shift")[c];
    });
  }

  void run(const Relu&) {
    for_elements([](double x, std::size_t) { return std::max(x, 0.0); });
  }

  void run(const Prelu&) {
    for_elements([&](double x, std::size_t c) { return x < 0 ? x * parameter("slope")[c] : x; });
  }

  void run(const Sigmoid&) {
    for_elements([](double x, std::size_t) { return 1 / (1 + std::exp(-x)); });
  }

  void run(const Add&) {
    for (std::size_t i = 0; i < out_.size(); ++i) out_[i] = in(0)[i] + in(1)[i];
  }

  void run(const Multiply&) {
    const std::size_t batch = in(0).shape()[0];
    const bool broadcast = in(0).size() != in(1).size();
    for (std::size_t i = 0; i < out_.size(); ++i) {
      const std::size_t n = i / (out_.size() / batch);
      out_[i] = in(0)[i] * in(1)[broadcast ? n * channels() + i % channels() : i];
    }
  }

  void run(const ChannelPad& p) {
    const std::size_t padded = channels() + p.before + p.after;
    for (std::size_t i = 0; i < out_.size(); ++i) {
      const std::size_t c = i % padded;
      const bool inside = c >= static_cast<std::size_t>(p.before) && c < p.before + channels();
      out_[i] = inside ? in()[i / padded * channels() + c - p.before] : 0;
    }
  }

  void run(const OneOf<Flatten, Reshape, Dropout> auto&) {
    std::copy(in().begin(), in().end(), out_.data());
  }

  void run(const Concatenate& concatenate) {
    const Shape& shape = out_.shape();
    std::size_t outer = 1;  // Everything before the axis, which is one further on with the batch.
    for (int d = 0; d <= concatenate.axis; ++d) outer *= shape[d];
    float* to = out_.data();
    for (std::size_t o = 0; o < outer; ++o) {
      for (const Tensor* input : inputs_) {
        const std::size_t block = input->size() / outer;
        to = std::copy(input->begin() + o * block, input->begin() + (o + 1) * block, to);
      }
    }
  }

  void run(const L2Normalize& l) {
    const std::size_t batch = in().shape()[0];
    const std::size_t count = in().size() / batch;
    for (std::size_t n = 0; n < batch; ++n) {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) sum += std::pow(in()[n * count + i], 2);
      const double norm = std::max<double>(std::sqrt(sum), l.epsilon);
      for (std::size_t i = n * count; i < (n + 1) * count; ++i) {
        out_[i] = static_cast<float>(in()[i] / norm);
      }
    }
  }

  void run(const Clip& clip) {
    for_elements([&](double x, std::size_t) {
      return std::min<double>(std::max<double>(x, clip.min), clip.max);
    });
  }

  void run(const LeakyRelu& leaky) {
    for_elements([&](double x, std::size_t) { return x < 0 ? x * leaky.slope : x; });
  }

  void run(const HardSwish&) {
    for_elements([](double x, std::size_t) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; });
  }

  void run(const HardSigmoid& h) {
    for_elements(
        [&](double x, std::size_t) { return std::clamp(h.slope * x + h.offset, 0.0, 1.0); });
  }

  void run(const Softmax&) {
    for (std::size_t row = 0; row < out_.size(); row += channels()) {
      double sum = 0;
      for (std::size_t c = 0; c < channels(); ++c) sum += std::exp(in()[row + c]);
      for (std::size_t c = 0; c < channels(); ++c) {
        out_[row + c] = static_cast<float>(std::exp(in()[row + c]) / sum);
      }
    }
  }

  void run(const Elementwise& e) {
    for_elements([&](double x, std::size_t) { return value_of(e.function, x); });
  }

  static double value_of(Function function, double x) {
    switch (function) {
      case Function::kAbsolute:
        return std::abs(x);
      case Function::kSquareRoot:
        return std::sqrt(x);
      case Function::kExponential:
        return std::exp(x);
      case Function::kLogarithm:
        return std::log(x);
      case Function::kTanh:
        return std::tanh(x);
      case Function::kReciprocal:
        return 1 / x;
      case Function::kFloor:
        return std::floor(x);
      case Function::kCeiling:
        return std::ceil(x);
      case Function::kRound:
        return std::nearbyint(x);
      case Function::kSign:
        return x > 0 ? 1 : (x < 0 ? -1 : 0);
      case Function::kGelu:
        return x * std::erfc(-x / std::sqrt(2.0)) / 2;
    }
    return x;
  }

  void run(const Arithmetic& a) {
    for_indices([&](const Shape& at) {
      const double x = in(0)[index_in(in(0).shape(), at)];
      const double y = in(1)[index_in(in(1).shape(), at)];
      switch (a.operation) {
        case ArithmeticOperation::kAdd:
          return x + y;
        case ArithmeticOperation::kSubtract:
          return x - y;
        case ArithmeticOperation::kMultiply:
          return x * y;
        case ArithmeticOperation::kDivide:
          return x / y;
        case ArithmeticOperation::kMaximum:
          return std::max(x, y);
        case ArithmeticOperation::kMinimum:
          return std::min(x, y);
      }
      return x;
    });
  }

  void run(const Reduce& r) {
    std::vector<double> sums(out_.size(), 0);
    std::vector<double> counts(out_.size(), 0);
    std::size_t i = 0;
    for_indices_of(in().shape(), [&](const Shape& at) {
      const std::size_t to = index_in(out_.shape(), at);
      sums[to] += in()[i++];
      ++counts[to];
    });
    const bool is_mean = r.operation == ReduceOperation::kMean;
    for (i = 0; i < sums.size(); ++i) {
      out_[i] = static_cast<float>(is_mean ? sums[i] / counts[i] : sums[i]);
    }
  }

  void run(const Transpose& t) {
    for_indices([&](const Shape& at) {
      Shape from(at.size());
      from[0] = at[0];
      for (std::size_t d = 1; d < at.size(); ++d) {
        from[static_cast<std::size_t>(t.permutation[d - 1]) + 1] = at[d];
      }
      return in()[index_in(in().shape(), from)];
    });
  }

  void run(const Slice& s) {
    for_indices([&](Shape at) {
      for (std::size_t d = 1; d < at.size(); ++d) at[d] += s.start[d - 1];
      return in()[index_in(in().shape(), at)];
    });
  }

  void run(const Pad& p) {
    for_indices([&](Shape at) -> double {
      for (std::size_t d = 1; d < at.size(); ++d) {
        at[d] -= p.before[d - 1];  // Wraps round to a large one.
        if (at[d] >= in().shape()[d]) return p.value;
      }
      return in()[index_in(in().shape(), at)];
    });
  }

  void run(const Resize& r) {
    const std::size_t height = in().shape()[1];
    const std::size_t width = in().shape()[2];
    for_pixels([&](std::size_t n, std::size_t y, std::size_t x, std::size_t c) -> double {
      if (r.method == ResizeMethod::kNearest) {
        return at(in(), n, y / (r.height / height), x / (r.width / width), c);
      }
      const double row = source(r.method, y, height, static_cast<std::size_t>(r.height));
      const double column = source(r.method, x, width, static_cast<std::size_t>(r.width));
      double sum = 0;
      for (std::size_t iy = 0; iy < height; ++iy) {
        for (std::size_t ix = 0; ix < width; ++ix) {
          const double weight = std::max(0.0, 1 - std::abs(row - static_cast<double>(iy))) *
                                std::max(0.0, 1 - std::abs(column - static_cast<double>(ix)));
          sum += weight * at(in(), n, iy, ix, c);
        }
      }
      return sum;
    });
  }

  /// Where pixel `i` of `out` lies among the centres of `in` pixels.
  static double source(ResizeMethod method, std::size_t i, std::size_t in, std::size_t out) {
    const auto x = static_cast<double>(i);
    const double ratio = static_cast<double>(in) / static_cast<double>(out);
    const double last = static_cast<double>(in) - 1;
    if (method == ResizeMethod::kLinearAsymmetric) return std::min(x * ratio, last);
    if (method == ResizeMethod::kLinear) return std::clamp((x + 0.5) * ratio - 0.5, 0.0, last);
    return out == 1 ? 0 : x * last / static_cast<double>(out - 1);
  }

  /// visit(index) for every element of `shape`, in order.
  template <class Visit>
  static void for_indices_of(const Shape& shape, Visit visit) {
    Shape index(shape.size(), 0);
    for (std::size_t count = element_count(shape); count > 0; --count) {
      visit(index);
      for (std::size_t d = shape.size(); d-- > 0;) {
        if (++index[d] < shape[d]) break;
        index[d] = 0;
      }
    }
  }

  /// out(index) = value(index)
  template <class Value>
  void for_indices(Value value) {
    std::size_t i = 0;
    for_indices_of(out_.shape(),
                   [&](const Shape& index) { out_[i++] = static_cast<float>(value(index)); });
  }

  /// Dimensions of 1 repeat.
  static std::size_t index_in(const Shape& shape, const Shape& index) {
    std::size_t result = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      result = result * shape[d] + (shape[d] == 1 ? 0 : index[d]);
    }
    return result;
  }

  /// out(n, y, x, c) = value(n, y, x, c)
  template <class Value>
  void for_pixels(Value value) {
    const Shape& s = out_.shape();
    float* to = out_.data();
    for (std::size_t n = 0; n < s[0]; ++n) {
      for (std::size_t y = 0; y < s[1]; ++y) {
        for (std::size_t x = 0; x < s[2]; ++x) {
          for (std::size_t c = 0; c < s[3]; ++c) *to++ = static_cast<float>(value(n, y, x, c));
        }
      }
    }
  }

  /// out(n, c) = value(all elements of channel c)
  template <class Value>
  void for_channels(Value value) {
    const Shape& s = in().shape();
    for (std::size_t i = 0; i < out_.size(); ++i) {
      std::vector<double> values;
      for (std::size_t y = 0; y < s[1]; ++y) {
        for (std::size_t x = 0; x < s[2]; ++x) {
          values.push_back(at(in(), i / s[3], y, x, i % s[3]));
        }
      }
      out_[i] = static_cast<float>(value(values));
    }
  }

  /// out(i) = value(in(i), channel of i)
  template <class Value>
  void for_elements(Value value) {
    for (std::size_t i = 0; i < out_.size(); ++i) {
      out_[i] = static_cast<float>(value(in()[i], i % channels()));
    }
  }

  const Tensor& in(std::size_t i = 0) const { return *inputs_[i]; }
  std::size_t channels() const { return in().shape().back(); }
  const Tensor& parameter(const char* name) const {
    return parameters_.at(layer_.name + "." + name);
  }

  const Layer& layer_;
  const Parameters& parameters_;
  std::vector<const Tensor*> inputs_;
  Tensor& out_;
};

/// The network layer by layer; one tensor [batch, ...] per output of the spec.
inline std::vector<Tensor> run_reference(const NetworkSpec& spec, const Parameters& parameters,
                                         const Tensor& input) {
  const std::vector<Shape> shapes = infer_shapes(spec);
  std::vector<Tensor> values = {input};
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    std::vector<const Tensor*> inputs;
    for (const ValueId id : spec.layers[i].inputs) inputs.push_back(&values[id]);
    Shape shape = shapes[i + 1];
    shape.insert(shape.begin(), input.shape()[0]);
    Tensor output(shape);
    ReferenceLayer(spec.layers[i], parameters, inputs, output).run();
    values.push_back(std::move(output));
  }
  std::vector<Tensor> outputs;
  for (const ValueId id : spec.outputs) outputs.push_back(values[id]);
  return outputs;
}

}  // namespace visavis
