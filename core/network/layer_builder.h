#pragma once

#include <xnnpack.h>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/network/runtime_graph.h"

namespace visavis {

/// Private to runtime*.cpp, the corner that includes xnnpack.h.

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// An XNNPACK value: the spec's ids first, then inner ones.
using Value = std::uint32_t;

/// A network of which the first layers are nodes of XNNPACK already.
struct PartialGraph {
  const Parameters& parameters;
  const ActivationScales& scales;
  const std::vector<Shape> shapes;  ///< By ValueId.
  Graph graph;
  /// By ValueId: the value that is read in its place, mostly itself.
  std::vector<Value> stand_ins;
  std::set<Value> clamps;               ///< Values whose node XNNPACK would merge a clamp into.
  std::map<ValueId, Value> int8_forms;  ///< Of values that are held as int8, too or alone.
  std::set<Value> int8_alone;  ///< Values of the spec that no node has written as fp32 yet.
};

/// The range that a layer may write, narrowed by a relu or clip that is merged into it.
struct OutputRange {
  float low = -kInfinity;
  float high = kInfinity;
};

/// The limits of a relu or clip; of another layer none.
std::optional<xnn_unary_params> limits_of(const LayerKind& kind);

/// Whether XNNPACK's node for the layer limits its output by itself.
bool can_clamp(const LayerKind& kind);

/// Makes a float32 value of a batch of `shape` known to XNNPACK. `where` begins an error's message.
Value define_dense(Graph& graph, const Shape& shape, Value id, std::uint32_t flags,
                   const std::string& where);

/// Defines the nodes of one layer. XNNPACK wants paddings as top, right, bottom, left.
class LayerBuilder {
 public:
  /// `network` and `layer` must outlive the builder. `output` is the value that the layer writes,
  /// or that of the relu or clip that is merged into it. `is_int8`: the layer computes in int8; its
  /// input and output have activation scales.
  LayerBuilder(PartialGraph& network, const Layer& layer, ValueId output, OutputRange range,
               bool is_int8)
      : network_(network),
        layer_(layer),
        output_(static_cast<Value>(output)),
        range_(range),
        is_int8_(is_int8) {}
  /// `flags` are XNNPACK's for the output.
  void define(std::uint32_t flags);

 private:
  struct Weights {
    Value filter = XNN_INVALID_VALUE_ID;
    Value bias = XNN_INVALID_VALUE_ID;
  };

  // runtime_windows.cpp
  void define(const Convolution& c);
  void define(const DepthwiseConvolution& c);
  void define_depthwise(const Window& w, const Weights& weights);
  void define(const FullyConnected& f);
  void define(const MaxPool& pool);
  void define_max_pool(const Window& w, Value source, Value output);
  void define(const AveragePool& pool);
  /// A pool of 1x1 only skips elements, which XNNPACK refuses: a depthwise convolution with ones
  /// does the same, exactly.
  bool define_subsampling(const Window& w);
  void define(const GlobalMaxPool&);
  void define(const GlobalAveragePool&);

  // runtime_elements.cpp
  void define(const BatchNormalization&);
  void define(const Relu& relu) { define_clip(*limits_of(relu)); }
  void define(const Clip& clip) { define_clip(*limits_of(clip)); }
  /// By the larger and the smaller of two where XNNPACK takes no clamp (a range of one point) or
  /// would merge it into the node before, see clip_to_merge.
  void define_clip(const xnn_unary_params& limits);
  void define(const LeakyRelu& leaky);
  void define(const HardSwish&);
  void define(const HardSigmoid& h);
  void define(const Softmax&);
  void define(const Prelu&);
  void define(const Sigmoid&);
  void define(const Add&);
  void define(const Multiply&);
  /// x * rsqrt(max(sum of x^2, epsilon^2)).
  void define(const L2Normalize& normalize);
  void define(const Elementwise& e);
  /// clip(ceil(x), 0, 1) + clip(floor(x), -1, 0). XNNPACK has a sign among its reference kernels
  /// alone, which WebAssembly is built without (xnnpack/shim/wasm/used_kernels.h).
  void define_sign();
  void define(const Arithmetic& a);
  void define(const Reduce& r);
  /// Only where it is an output; see is_left_out.
  void define(const Dropout&);

  // runtime_moves.cpp
  void define(const ChannelPad& pad);
  void define(const Flatten&) { define_reshape(input(), output_shape()); }
  void define(const Reshape&) { define_reshape(input(), output_shape()); }
  void define(const Concatenate& c);
  void define(const Transpose& t);
  /// XNNPACK's slice names the size of every dimension, and 0 stands for all of the batch.
  void define(const Slice& s);
  void define(const Pad& p);
  void define(const Resize& r);
  /// Each pixel `down` times below and `across` times beside itself. XNNPACK has no such node:
  /// pixels joined with themselves along the channels are pixels side by side, and rows likewise.
  void define_repeats(std::size_t down, std::size_t across);
  /// `source`, read as `shape`, joined `copies` times along `axis`.
  Value define_copies(Value source, const Shape& shape, std::size_t axis, std::size_t copies);

  // runtime_int8.cpp
  /// Defines the layer's int8 nodes, and the fp32 form of its output where that is put out.
  void define_int8(std::uint32_t flags);
  Value define_int8_value(const Shape& shape, ValueId scaled_as);
  /// The input as int8: as it was computed, or rounded once for all its readers.
  Value int8_input();
  Weights define_int8_weights(const Shape& shape, std::size_t channel_dimension, bool has_bias);
  /// `filter_scales` are those of the filter's channels.
  Value define_int8_bias(const std::vector<float>& filter_scales);
  /// What the scales of the filter's channels must be at least: biases must fit half of 32 bits,
  /// and XNNPACK takes no scale of 0.
  std::vector<float> least_filter_scales();
  float scale_of(ValueId id) const { return network_.scales[static_cast<std::size_t>(id)].scale; }

  /// The input, weights and output of the layer's one node, in the form that it computes in.
  Value source() { return is_int8_ ? int8_input() : input(); }
  /// `shape` is the filter's, and `channel_dimension` that of its channels.
  Weights define_weights(const Shape& shape, std::size_t channel_dimension, bool has_bias);
  Value target() const { return is_int8_ ? int8_output_ : output_; }

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
  Value inner_value(const Shape& shape) {
    return define_dense(network_.graph, shape, XNN_INVALID_VALUE_ID, 0, where());
  }
  Value constant(const char* name) {
    const Tensor& tensor = parameter(name);
    return constant(tensor.shape(), tensor.data());
  }
  Value constant(const Shape& shape, const float* data);
  /// A number that XNNPACK reads on every run.
  Value kept_scalar(float value);
  const Tensor& parameter(const char* name) const {
    return network_.parameters.at(layer_.name + "." + name);
  }
  /// As fp32: where it was computed in int8, turned into fp32 once for all its readers.
  Value input(std::size_t i = 0);
  const Shape& input_shape(std::size_t i = 0) const { return network_.shapes[layer_.inputs[i]]; }
  const Shape& output_shape() const { return network_.shapes[output_]; }
  std::size_t channels() const { return input_shape().back(); }
  xnn_subgraph* graph() const { return network_.graph.subgraph.get(); }
  static std::size_t size(int value) { return static_cast<std::size_t>(value); }
  std::string where() const {
    return "layer '" + layer_.name + "' (" + kind_name(layer_.kind) + ")";
  }
  void check(xnn_status status) const { check_status(status, where()); }
  [[noreturn]] void fail(ErrorCode code, const std::string& problem) const {
    throw Error(code, where() + ": " + problem);
  }

  PartialGraph& network_;
  const Layer& layer_;
  const Value output_;
  const OutputRange range_;
  const bool is_int8_;
  Value int8_output_ = XNN_INVALID_VALUE_ID;
};

}  // namespace visavis
