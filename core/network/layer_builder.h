#pragma once

#include <xnnpack.h>

#include <cstdint>
#include <limits>
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
  const std::vector<Shape> shapes;  ///< By ValueId.
  Graph graph;
  /// By ValueId: the value that is read in its place, mostly itself.
  std::vector<Value> stand_ins;
  std::set<Value> clamps;  ///< Values whose node XNNPACK would merge a clamp into.
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
  /// `network` and `layer` must outlive the builder. `output` is the value that the layer writes, or
  /// that of the relu or clip that is merged into it.
  LayerBuilder(PartialGraph& network, const Layer& layer, ValueId output, OutputRange range)
      : network_(network), layer_(layer), output_(static_cast<Value>(output)), range_(range) {}
  /// `flags` are XNNPACK's for the output.
  void define(std::uint32_t flags);

 private:
  // runtime_windows.cpp
  void define(const Convolution& c);
  void define(const DepthwiseConvolution& c);
  void define_depthwise(const Window& w, Value filter, Value bias_value);
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
  /// alone, which WebAssembly is built without (xnnpack/shim/wasm/fp32_only.h).
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
  Value bias(bool has_bias) { return has_bias ? constant("bias") : XNN_INVALID_VALUE_ID; }
  const Tensor& parameter(const char* name) const {
    return network_.parameters.at(layer_.name + "." + name);
  }
  Value input(std::size_t i = 0) const { return network_.stand_ins[layer_.inputs[i]]; }
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
};

}  // namespace visavis
