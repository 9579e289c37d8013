#include "core/runtime_graph.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.h"

namespace visavis {
namespace {

static_assert(XNN_EXTRA_BYTES <= Tensor::kPadding * sizeof(float),
              "XNNPACK reads further past the end of a tensor than Tensor pads");

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// An XNNPACK value: the spec's ids first, then inner ones.
using Value = std::uint32_t;

/// Defines one layer after another. XNNPACK wants paddings as top, right, bottom, left.
class GraphBuilder {
 public:
  GraphBuilder(const NetworkSpec& spec, const Parameters& parameters)
      : spec_(spec), parameters_(parameters), shapes_(infer_shapes(spec)) {}

  Graph build() {
    xnn_subgraph* subgraph = nullptr;
    check_status(xnn_create_subgraph(static_cast<Value>(shapes_.size()), 0, &subgraph), "network");
    graph_.subgraph.reset(subgraph);
    find_uses();
    stand_ins_.resize(shapes_.size());
    std::iota(stand_ins_.begin(), stand_ins_.end(), Value{0});
    define_value(0, XNN_VALUE_FLAG_EXTERNAL_INPUT);
    std::vector<bool> merged(spec_.layers.size());
    for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
      if (uses_[i + 1] == 0 || merged[i]) continue;
      layer_ = &spec_.layers[i];
      if (is_left_out(i)) {
        stand_ins_[i + 1] = input();
        continue;
      }
      const std::size_t relu = relu_to_merge(i);
      merged[relu] = true;
      low_ = relu == i ? -kInfinity : 0;
      define_layer(static_cast<ValueId>(relu + 1));
    }
    return std::move(graph_);
  }

 private:
  /// Counts how often each value is read or put out, and by which layer last; layers that lead to
  /// no output do not count.
  void find_uses() {
    uses_.assign(shapes_.size(), 0);
    reader_.assign(shapes_.size(), 0);
    for (const ValueId id : spec_.outputs) ++uses_[id];
    for (std::size_t i = spec_.layers.size(); i-- > 0;) {
      if (uses_[i + 1] == 0) continue;
      for (const ValueId id : spec_.layers[i].inputs) {
        ++uses_[id];
        reader_[id] = i;
      }
    }
  }

  /// The relu that is the only use of layer i, where that layer can clamp by itself; else i. Done
  /// here because XNNPACK's own fusion writes the clamp over the node's other parameters, which
  /// share a union with it (subgraph.c, xnn_subgraph_fusion).
  std::size_t relu_to_merge(std::size_t i) const {
    const std::size_t reader = reader_[i + 1];
    if (uses_[i + 1] != 1 || reader <= i) return i;
    if (!std::holds_alternative<Relu>(spec_.layers[reader].kind)) return i;
    const bool can_clamp = std::visit(
        Overloaded{
            [](const OneOf<Convolution, DepthwiseConvolution, FullyConnected> auto&) {
              return true;
            },
            [](const OneOf<MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool,
                           BatchNormalization, Relu, Prelu, Sigmoid, Add, Multiply, ChannelPad,
                           Flatten, Reshape, Concatenate, L2Normalize, Dropout> auto&) {
              return false;
            },
        },
        spec_.layers[i].kind);
    return can_clamp ? reader : i;
  }

  bool is_output(ValueId id) const {
    return std::find(spec_.outputs.begin(), spec_.outputs.end(), id) != spec_.outputs.end();
  }

  /// Dropout does nothing at inference: its input stands for its output, unless that is put out.
  bool is_left_out(std::size_t i) const {
    return std::holds_alternative<Dropout>(spec_.layers[i].kind) &&
           !is_output(static_cast<ValueId>(i + 1));
  }

  void define_layer(ValueId output) {
    define_value(output, is_output(output) ? XNN_VALUE_FLAG_EXTERNAL_OUTPUT : 0);
    output_ = static_cast<Value>(output);
    std::visit([this](const auto& kind) { define(kind); }, layer_->kind);
  }

  void define(const Convolution& c) {
    const Window& w = c.window;
    check(xnn_define_convolution_2d(
        graph(), w.padding.top, w.padding.right, w.padding.bottom, w.padding.left, w.kernel_height,
        w.kernel_width, w.stride_height, w.stride_width, w.dilation_height, w.dilation_width,
        c.groups, channels() / c.groups, static_cast<std::size_t>(c.out_channels / c.groups), low_,
        kInfinity, input(), constant("filter"), bias(c.has_bias), output_, 0));
  }

  void define(const DepthwiseConvolution& c) {
    const Tensor& filter = parameter("filter");
    Shape shape = filter.shape();
    shape.insert(shape.begin(), 1);
    define_depthwise(c.window, constant(shape, filter.data()), bias(c.has_bias));
  }

  void define_depthwise(const Window& w, Value filter, Value bias_value) {
    check(xnn_define_depthwise_convolution_2d(
        graph(), w.padding.top, w.padding.right, w.padding.bottom, w.padding.left, w.kernel_height,
        w.kernel_width, w.stride_height, w.stride_width, w.dilation_height, w.dilation_width,
        /*depth_multiplier=*/1, channels(), low_, kInfinity, input(), filter, bias_value, output_,
        0));
  }

  void define(const FullyConnected& f) {
    check(xnn_define_fully_connected(graph(), low_, kInfinity, input(), constant("filter"),
                                     bias(f.has_bias), output_, XNN_FLAG_TENSORFLOW_RESHAPE_2D));
  }

  void define(const MaxPool& pool) {
    Window w = pool.window;
    if (define_subsampling(w)) return;
    if (w.stride_height > w.kernel_height || w.stride_width > w.kernel_width) {
      fail(ErrorCode::kUnsupported,
           "a stride larger than the kernel is not supported, except for a kernel of 1x1");
    }
    Value source = input();
    const Padding p = w.padding;
    if ((w.dilation_height > 1 || w.dilation_width > 1) &&
        p.top + p.bottom + p.left + p.right > 0) {
      // XNNPACK stands in for padding with an element of the window; with dilation the one it picks
      // may lie outside of the image (indirection.c, xnn_indirection_init_maxpool2d).
      Shape padded = input_shape();
      padded[0] += p.top + p.bottom;
      padded[1] += p.left + p.right;
      source = inner_value(padded);
      define_pad({0, size(p.top), size(p.left), 0}, {0, size(p.bottom), size(p.right), 0},
                 -kInfinity, source);
      w.padding = {};
    }
    define_max_pool(w, source, output_);
  }

  void define_max_pool(const Window& w, Value source, Value output) {
    check(xnn_define_max_pooling_2d(graph(), w.padding.top, w.padding.right, w.padding.bottom,
                                    w.padding.left, w.kernel_height, w.kernel_width,
                                    w.stride_height, w.stride_width, w.dilation_height,
                                    w.dilation_width, -kInfinity, kInfinity, source, output, 0));
  }

  void define(const AveragePool& pool) {
    const Window& w = pool.window;
    if (define_subsampling(w)) return;
    check(xnn_define_average_pooling_2d(graph(), w.padding.top, w.padding.right, w.padding.bottom,
                                        w.padding.left, w.kernel_height, w.kernel_width,
                                        w.stride_height, w.stride_width, -kInfinity, kInfinity,
                                        input(), output_, 0));
  }

  /// A pool of 1x1 only skips elements, which XNNPACK refuses: a depthwise convolution with ones
  /// does the same, exactly.
  bool define_subsampling(const Window& w) {
    if (w.kernel_height != 1 || w.kernel_width != 1) return false;
    const Shape shape = {1, 1, 1, channels()};
    graph_.packed.emplace_back(shape, std::vector<float>(channels(), 1.0F));
    define_depthwise(w, constant(shape, graph_.packed.back().data()), XNN_INVALID_VALUE_ID);
    return true;
  }

  void define(const GlobalMaxPool&) {
    const Shape& in = input_shape();
    if (in[0] == 1 && in[1] == 1) return define_reshape(input(), {channels()});
    Window w;
    w.kernel_height = static_cast<int>(in[0]);
    w.kernel_width = static_cast<int>(in[1]);
    const Value pooled = inner_value({1, 1, channels()});
    define_max_pool(w, input(), pooled);
    define_reshape(pooled, {channels()});
  }

  void define(const GlobalAveragePool&) {
    const std::size_t axes[] = {1, 2};
    check(xnn_define_static_reduce(graph(), xnn_reduce_mean, 2, axes, input(), output_, 0));
  }

  void define(const BatchNormalization&) {
    fail(ErrorCode::kInvalidArgument,
         "cannot run as it is; fold the model first (fold_batch_normalization)");
  }

  void define(const Relu&) {
    xnn_unary_params range{};
    range.clamp = {0.0F, kInfinity};
    define_unary(xnn_unary_clamp, &range, input(), output_);
  }

  void define(const Prelu&) {
    graph_.kept.push_back(parameter("slope"));
    const Tensor& slope = graph_.kept.back();
    define_binary(xnn_binary_prelu, input(), constant(slope.shape(), slope.data()), output_);
  }

  void define(const Sigmoid&) { define_unary(xnn_unary_sigmoid, nullptr, input(), output_); }

  void define(const Add&) { define_binary(xnn_binary_add, input(0), input(1), output_); }

  void define(const Multiply&) {
    Value factor = input(1);
    if (input_shape(1).size() < input_shape(0).size()) {  // Else [batch, c] would meet [w, c].
      factor = inner_value({1, 1, channels()});
      define_reshape(input(1), {1, 1, channels()}, factor);
    }
    define_binary(xnn_binary_multiply, input(0), factor, output_);
  }

  void define(const ChannelPad& pad) {
    std::vector<std::size_t> before(input_shape().size() + 1);
    std::vector<std::size_t> after(before.size());
    before.back() = size(pad.before);
    after.back() = size(pad.after);
    define_pad(before, after, 0.0F, output_);
  }

  void define(const OneOf<Flatten, Reshape> auto&) { define_reshape(input(), shapes_[output_]); }

  void define(const Concatenate& c) {
    Value joined = input(0);
    Shape shape = input_shape(0);
    for (std::size_t i = 1; i < layer_->inputs.size(); ++i) {
      shape[c.axis] += input_shape(i)[c.axis];
      const bool last = i + 1 == layer_->inputs.size();
      const Value result = last ? output_ : inner_value(shape);
      check(xnn_define_concatenate2(graph(), c.axis + 1, joined, input(i), result, 0));
      joined = result;
    }
  }

  /// x * rsqrt(max(sum of x^2, epsilon^2)).
  void define(const L2Normalize& normalize) {
    const Value squares = inner_value(input_shape());
    define_binary(xnn_binary_multiply, input(), input(), squares);

    const Shape one(input_shape().size(), 1);
    std::vector<std::size_t> axes;
    for (std::size_t axis = 1; axis <= one.size(); ++axis) axes.push_back(axis);
    const Value sum = inner_value(one);
    check(xnn_define_static_reduce(graph(), xnn_reduce_sum, axes.size(), axes.data(), squares, sum,
                                   XNN_FLAG_KEEP_DIMS));

    xnn_unary_params range{};
    range.clamp = {
        std::max(normalize.epsilon * normalize.epsilon, std::numeric_limits<float>::min()),
        kInfinity};
    const Value bounded = inner_value(one);
    define_unary(xnn_unary_clamp, &range, sum, bounded);
    const Value factor = inner_value(one);
    define_unary(xnn_unary_reciprocal_square_root, nullptr, bounded, factor);
    define_binary(xnn_binary_multiply, input(), factor, output_);
  }

  /// Only where it is an output; see is_left_out.
  void define(const Dropout&) {
    xnn_unary_params range{};
    range.clamp = {-kInfinity, kInfinity};
    define_unary(xnn_unary_clamp, &range, input(), output_);
  }

  void define_unary(xnn_unary_operator op, const xnn_unary_params* params, Value source,
                    Value output) {
    check(xnn_define_unary(graph(), op, params, source, output, 0));
  }

  void define_binary(xnn_binary_operator op, Value a, Value b, Value output) {
    check(xnn_define_binary(graph(), op, nullptr, a, b, output, 0));
  }

  /// `before` and `after` include the batch.
  void define_pad(const std::vector<std::size_t>& before, const std::vector<std::size_t>& after,
                  float value, Value output) {
    check(xnn_define_static_constant_pad(graph(), before.data(), after.data(), value, input(),
                                         output, 0));
  }

  void define_reshape(Value source, const Shape& shape) { define_reshape(source, shape, output_); }

  void define_reshape(Value source, const Shape& shape, Value output) {
    Shape with_batch = {0};  // 0: whatever is left over, which is the batch.
    with_batch.insert(with_batch.end(), shape.begin(), shape.end());
    check(xnn_define_static_reshape(graph(), with_batch.size(), with_batch.data(), source, output,
                                    0));
  }

  /// Makes a value of the spec known to XNNPACK under the same id.
  void define_value(ValueId id, std::uint32_t flags) {
    define_dense(shapes_[id], static_cast<Value>(id), flags);
  }

  Value inner_value(const Shape& shape) { return define_dense(shape, XNN_INVALID_VALUE_ID, 0); }

  Value define_dense(const Shape& shape, Value id, std::uint32_t flags) {
    Shape with_batch = {1};
    with_batch.insert(with_batch.end(), shape.begin(), shape.end());
    Value result = XNN_INVALID_VALUE_ID;
    check(xnn_define_tensor_value(graph(), xnn_datatype_fp32, with_batch.size(), with_batch.data(),
                                  nullptr, id, flags, &result));
    return result;
  }

  Value constant(const char* name) {
    const Tensor& tensor = parameter(name);
    return constant(tensor.shape(), tensor.data());
  }

  Value constant(const Shape& shape, const float* data) {
    Value result = XNN_INVALID_VALUE_ID;
    check(xnn_define_tensor_value(graph(), xnn_datatype_fp32, shape.size(), shape.data(), data,
                                  XNN_INVALID_VALUE_ID, 0, &result));
    return result;
  }

  Value bias(bool has_bias) { return has_bias ? constant("bias") : XNN_INVALID_VALUE_ID; }

  const Tensor& parameter(const char* name) const {
    return parameters_.at(layer_->name + "." + name);
  }

  Value input(std::size_t i = 0) const { return stand_ins_[layer_->inputs[i]]; }
  const Shape& input_shape(std::size_t i = 0) const { return shapes_[layer_->inputs[i]]; }
  std::size_t channels() const { return input_shape().back(); }
  xnn_subgraph* graph() const { return graph_.subgraph.get(); }
  static std::size_t size(int value) { return static_cast<std::size_t>(value); }

  std::string where() const {
    return layer_ == nullptr ? "network"
                             : "layer '" + layer_->name + "' (" + kind_name(layer_->kind) + ")";
  }
  void check(xnn_status status) const { check_status(status, where()); }
  [[noreturn]] void fail(ErrorCode code, const std::string& problem) const {
    throw Error(code, where() + ": " + problem);
  }

  const NetworkSpec& spec_;
  const Parameters& parameters_;
  const std::vector<Shape> shapes_;
  Graph graph_;
  std::vector<int> uses_;            ///< Per value.
  std::vector<std::size_t> reader_;  ///< Per value.
  std::vector<Value>
      stand_ins_;  ///< By ValueId: the value that is read in its place, mostly itself.
  const Layer* layer_ = nullptr;  ///< The layer being defined ..
  Value output_ = 0;              ///< .. the value it writes ..
  float low_ = -kInfinity;        ///< .. and the least it may write: 0 with a merged relu.
};

}  // namespace

void check_status(xnn_status status, const std::string& what) {
  switch (status) {
    case xnn_status_success:
      return;
    case xnn_status_out_of_memory:
      throw Error(ErrorCode::kOutOfMemory, what + ": not enough memory");
    case xnn_status_unsupported_parameter:
    case xnn_status_unsupported_hardware:
      throw Error(ErrorCode::kUnsupported, what + ": XNNPACK does not support it on this machine");
    default:
      throw Error(ErrorCode::kInternal,
                  what + ": XNNPACK refused it with status " + std::to_string(status));
  }
}

Graph build_graph(const NetworkSpec& spec, const Parameters& parameters) {
  return GraphBuilder(spec, parameters).build();
}

}  // namespace visavis
