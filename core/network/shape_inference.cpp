#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/checked_product.h"
#include "core/base/error.h"
#include "core/network/network_spec.h"

namespace visavis {
namespace {

// Bounds that no sensible network reaches, so that a hostile file can neither overflow the
// arithmetic below nor make the runtime reserve absurd amounts of memory.
constexpr int kMaxExtent = 1 << 15;              // kernel, stride, dilation, padding
constexpr std::size_t kMaxElements = 1U << 28U;  // of one value: 1 GB
constexpr std::size_t kMaxDimensions = 5;        // XNNPACK's limit of 6, less the batch

bool is_small_enough(const Shape& shape) {
  return checked_product(shape, kMaxElements).has_value();
}

/// Infers the shape of one layer's output; knows the layer's name for messages.
class LayerShape {
 public:
  LayerShape(const Layer& layer, const std::vector<Shape>& shapes) : layer_(layer) {
    for (const ValueId id : layer.inputs) {
      check(id >= 0 && static_cast<std::size_t>(id) < shapes.size(),
            "input value " + std::to_string(id) +
                " does not exist at this point; the last one is " +
                std::to_string(shapes.size() - 1));
      inputs_.push_back(&shapes[id]);
    }
  }

  Shape infer() {
    Shape shape = std::visit([this](const auto& kind) { return of(kind); }, layer_.kind);
    check_size(shape);
    return shape;
  }

 private:
  Shape of(const Convolution& c) {
    const Shape& in = image_input();
    check(c.out_channels > 0,
          "out_channels must be positive, not " + std::to_string(c.out_channels));
    check(c.groups > 0 && in[2] % c.groups == 0 && c.out_channels % c.groups == 0,
          std::to_string(c.groups) + " groups must divide both the " + std::to_string(in[2]) +
              " input and the " + std::to_string(c.out_channels) + " output channels");
    return windowed(in, c.window, static_cast<std::size_t>(c.out_channels));
  }

  Shape of(const DepthwiseConvolution& c) {
    const Shape& in = image_input();
    return windowed(in, c.window, in[2]);
  }

  Shape of(const FullyConnected& f) {
    only_input();
    check(f.out_features > 0,
          "out_features must be positive, not " + std::to_string(f.out_features));
    return {static_cast<std::size_t>(f.out_features)};
  }

  Shape of(const MaxPool& p) { return pooled(p.window); }

  Shape of(const AveragePool& p) {
    check(p.window.dilation_height == 1 && p.window.dilation_width == 1, "dilation must be 1");
    return pooled(p.window);
  }

  Shape of(const OneOf<GlobalMaxPool, GlobalAveragePool> auto&) { return {image_input()[2]}; }

  Shape of(const BatchNormalization& b) {
    check(std::isfinite(b.epsilon) && b.epsilon >= 0, "epsilon must be finite and not negative");
    return only_input();
  }

  Shape of(const OneOf<Relu, Prelu, Sigmoid, HardSwish, Softmax> auto&) { return only_input(); }

  Shape of(const Add&) {
    const auto [a, b] = two_inputs();
    check(*a == *b, "inputs " + to_string(*a) + " and " + to_string(*b) + " must have one shape");
    return *a;
  }

  Shape of(const Multiply&) {
    const auto [a, b] = two_inputs();
    const std::size_t channels = a->back();
    const bool broadcast = a->size() == 3 && (*b == Shape{channels} || *b == Shape{1, 1, channels});
    check(*a == *b || broadcast, "second input " + to_string(*b) + " must have the first's shape " +
                                     to_string(*a) + " or be one value per channel of an image");
    return *a;
  }

  Shape of(const ChannelPad& p) {
    Shape shape = only_input();
    check(p.before >= 0 && p.after >= 0 && p.before <= kMaxExtent && p.after <= kMaxExtent,
          "pads must be 0.." + std::to_string(kMaxExtent));
    shape.back() += static_cast<std::size_t>(p.before) + static_cast<std::size_t>(p.after);
    return shape;
  }

  Shape of(const Flatten&) { return {element_count(only_input())}; }

  Shape of(const Reshape& r) {
    const Shape& in = only_input();
    check_size(r.shape);
    check(element_count(r.shape) == element_count(in), "cannot turn " + to_string(in) + " into " +
                                                           to_string(r.shape) +
                                                           ": the numbers of elements differ");
    return r.shape;
  }

  Shape of(const Concatenate& c) {
    check(inputs_.size() >= 2, "needs two or more inputs, has " + std::to_string(inputs_.size()));
    Shape shape = *inputs_[0];
    check(c.axis >= 0 && static_cast<std::size_t>(c.axis) < shape.size(),
          "axis " + std::to_string(c.axis) + " is outside of input " + to_string(shape));
    for (std::size_t i = 1; i < inputs_.size(); ++i) {
      Shape other = *inputs_[i];
      check(other.size() == shape.size(), "inputs " + to_string(*inputs_[0]) + " and " +
                                              to_string(other) + " differ in dimensions");
      const std::size_t sum = shape[c.axis] + other[c.axis];
      other[c.axis] = shape[c.axis];
      check(other == shape, "inputs " + to_string(*inputs_[0]) + " and " + to_string(*inputs_[i]) +
                                " may differ along axis " + std::to_string(c.axis) + " only");
      shape[c.axis] = sum;
      check_size(shape);
    }
    return shape;
  }

  Shape of(const L2Normalize& n) {
    check(std::isfinite(n.epsilon) && n.epsilon > 0, "epsilon must be finite and positive");
    return only_input();
  }

  Shape of(const Dropout& d) {
    check(d.rate >= 0 && d.rate < 1, "rate must be at least 0 and below 1");
    return only_input();
  }

  Shape of(const Clip& c) {
    check(c.min <= c.max, "min must not be above max");  // Nor NaN.
    return only_input();
  }

  Shape of(const LeakyRelu& l) {
    check(std::isfinite(l.slope), "slope must be finite");
    return only_input();
  }

  Shape of(const HardSigmoid& h) {
    check(std::isfinite(h.slope) && std::isfinite(h.offset), "slope and offset must be finite");
    return only_input();
  }

  Shape of(const Elementwise& e) {
    check(e.function >= Function::kAbsolute && e.function <= Function::kGelu,
          "function is unknown");
    return only_input();
  }

  Shape of(const Arithmetic& operation) {
    check(operation.operation >= ArithmeticOperation::kAdd &&
              operation.operation <= ArithmeticOperation::kMinimum,
          "operation is unknown");
    const auto [a, b] = two_inputs();
    bool fits = a->size() == b->size();
    Shape shape = *a;
    for (std::size_t i = 0; fits && i < shape.size(); ++i) {
      const std::size_t other = (*b)[i];
      fits = shape[i] == other || shape[i] == 1 || other == 1;
      shape[i] = std::max(shape[i], other);
    }
    check(fits, "inputs " + to_string(*a) + " and " + to_string(*b) +
                    " must have as many dimensions, each equal or 1");
    return shape;
  }

  Shape of(const Reduce& r) {
    check(r.operation == ReduceOperation::kMean || r.operation == ReduceOperation::kSum,
          "operation is unknown");
    Shape shape = only_input();
    check(!r.axes.empty(), "needs an axis");
    int last = -1;
    for (const int axis : r.axes) {
      check(axis > last && static_cast<std::size_t>(axis) < shape.size(),
            "axes must ascend and lie in input " + to_string(shape));
      shape[static_cast<std::size_t>(axis)] = 1;
      last = axis;
    }
    return shape;
  }

  Shape of(const Transpose& t) {
    const Shape& in = only_input();
    std::vector<int> sorted = t.permutation;
    std::sort(sorted.begin(), sorted.end());
    bool is_permutation = sorted.size() == in.size();
    for (std::size_t i = 0; is_permutation && i < in.size(); ++i) {
      is_permutation = sorted[i] == static_cast<int>(i);
    }
    check(is_permutation,
          "permutation must name each dimension of input " + to_string(in) + " once");
    Shape shape;
    for (const int axis : t.permutation) shape.push_back(in[static_cast<std::size_t>(axis)]);
    return shape;
  }

  Shape of(const Slice& s) {
    const Shape& in = only_input();
    bool fits = s.start.size() == in.size() && s.size.size() == in.size();
    for (std::size_t i = 0; fits && i < in.size(); ++i) {
      fits = s.size[i] >= 1 && s.size[i] <= in[i] && s.start[i] <= in[i] - s.size[i];
    }
    check(fits, "start and size must lie in input " + to_string(in));
    return s.size;
  }

  Shape of(const Pad& p) {
    Shape shape = only_input();
    check(!std::isnan(p.value), "value must be a number");
    check(p.before.size() == shape.size() && p.after.size() == shape.size(),
          "needs a padding before and after every dimension of input " + to_string(shape));
    for (std::size_t i = 0; i < shape.size(); ++i) {
      check(std::cmp_less_equal(std::max(p.before[i], p.after[i]), kMaxExtent),
            "pads must be 0.." + std::to_string(kMaxExtent));
      shape[i] += p.before[i] + p.after[i];
    }
    return shape;
  }

  Shape of(const Resize& r) {
    const Shape& in = image_input();
    check(r.method >= ResizeMethod::kNearest && r.method <= ResizeMethod::kLinearAsymmetric,
          "method is unknown");
    check(r.height >= 1 && r.width >= 1 && r.height <= kMaxExtent && r.width <= kMaxExtent,
          "height and width must be 1.." + std::to_string(kMaxExtent));
    const auto height = static_cast<std::size_t>(r.height);
    const auto width = static_cast<std::size_t>(r.width);
    check(r.method != ResizeMethod::kNearest || (height % in[0] == 0 && width % in[1] == 0),
          "height and width must be multiples of input " + to_string(in));
    return {height, width, in[2]};
  }

  Shape pooled(const Window& w) {
    const Shape& in = image_input();
    const Shape shape = windowed(in, w, in[2]);
    check_real_elements(in[0], w.kernel_height, w.dilation_height, w.padding.top, w.padding.bottom);
    check_real_elements(in[1], w.kernel_width, w.dilation_width, w.padding.left, w.padding.right);
    return shape;
  }

  /// Whether every window of a pool along one axis meets the input: it may start or end in the
  /// padding, and its dilation must not step over a small input.
  void check_real_elements(std::size_t in, int kernel, int dilation, int before, int after) {
    check(std::max(before, after) <= (kernel - 1) * dilation &&
              (dilation == 1 || static_cast<std::size_t>(dilation) <= in),
          "padding " + std::to_string(std::max(before, after)) +
              " makes windows without a single real element; it must be smaller than the kernel");
  }

  Shape windowed(const Shape& in, const Window& w, std::size_t channels) {
    for (const int value : {w.kernel_height, w.kernel_width, w.stride_height, w.stride_width,
                            w.dilation_height, w.dilation_width}) {
      check(value >= 1 && value <= kMaxExtent, "kernel, stride and dilation must be 1.." +
                                                   std::to_string(kMaxExtent) + ", not " +
                                                   std::to_string(value));
    }
    for (const int value : {w.padding.top, w.padding.bottom, w.padding.left, w.padding.right}) {
      check(value >= 0 && value <= kMaxExtent,
            "padding must be 0.." + std::to_string(kMaxExtent) + ", not " + std::to_string(value));
    }
    return {output_size(in, in[0], w.padding.top + w.padding.bottom, w.kernel_height,
                        w.dilation_height, w.stride_height),
            output_size(in, in[1], w.padding.left + w.padding.right, w.kernel_width,
                        w.dilation_width, w.stride_width),
            channels};
  }

  std::size_t output_size(const Shape& input, std::size_t in, int padding, int kernel, int dilation,
                          int stride) {
    const std::size_t extent = static_cast<std::size_t>(kernel - 1) * dilation + 1;
    const std::size_t padded = in + padding;
    check(padded >= extent, "a kernel of extent " + std::to_string(extent) +
                                " does not fit into input " + to_string(input) + " padded to " +
                                std::to_string(padded));
    return (padded - extent) / stride + 1;
  }

  const Shape& only_input() {
    check(inputs_.size() == 1, "needs one input, has " + std::to_string(inputs_.size()));
    return *inputs_[0];
  }

  const Shape& image_input() {
    const Shape& in = only_input();
    check(in.size() == 3, "needs an input of height x width x channels, not " + to_string(in));
    return in;
  }

  std::pair<const Shape*, const Shape*> two_inputs() {
    check(inputs_.size() == 2, "needs two inputs, has " + std::to_string(inputs_.size()));
    return {inputs_[0], inputs_[1]};
  }

  void check_size(const Shape& shape) {
    check(!shape.empty() && shape.size() <= kMaxDimensions,
          "a value must have 1 to " + std::to_string(kMaxDimensions) + " dimensions, not " +
              std::to_string(shape.size()));
    check(std::find(shape.begin(), shape.end(), 0U) == shape.end(),
          "dimensions must be positive, not " + to_string(shape));
    check(is_small_enough(shape), "value of shape " + to_string(shape) + " is too large");
  }

  void check(bool ok, const std::string& problem) const {
    if (ok) return;
    throw Error(ErrorCode::kInvalidArgument,
                "layer '" + layer_.name + "' (" + kind_name(layer_.kind) + "): " + problem);
  }

  const Layer& layer_;
  std::vector<const Shape*> inputs_;
};

void check_outputs(const NetworkSpec& spec) {
  std::set<ValueId> seen;
  for (const ValueId id : spec.outputs) {
    if (id < 1 || static_cast<std::size_t>(id) > spec.layers.size()) {
      refuse("network", "output value " + std::to_string(id) +
                            " is produced by no layer; there are values 1 to " +
                            std::to_string(spec.layers.size()));
    }
    if (!seen.insert(id).second)
      refuse("network", "output value " + std::to_string(id) + " is listed twice");
  }
}

}  // namespace

std::vector<Shape> infer_shapes(const NetworkSpec& spec) {
  const bool positive = std::find(spec.input.begin(), spec.input.end(), 0U) == spec.input.end();
  if (spec.input.size() != 3 || !positive || !is_small_enough(spec.input)) {
    refuse("network", "input must be height x width x channels of a sensible size, not " +
                          to_string(spec.input));
  }
  std::vector<Shape> shapes = {spec.input};
  std::set<std::string> names;
  for (const Layer& layer : spec.layers) {
    const bool printable = std::none_of(layer.name.begin(), layer.name.end(), [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
    });
    if (layer.name.empty() || !printable) {  // Names go into one-line messages.
      refuse("network", "layer " + std::to_string(shapes.size() - 1) + " (" +
                            kind_name(layer.kind) + ") has " +
                            (printable ? "no name" : "control characters in its name"));
    }
    if (!names.insert(layer.name).second)
      refuse("network", "two layers are named '" + layer.name + "'");
    shapes.push_back(LayerShape(layer, shapes).infer());
  }
  check_outputs(spec);
  return shapes;
}

}  // namespace visavis
