#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "core/network/layer_builder.h"

namespace visavis {
namespace {

/// Which layers of a network become nodes, and which are left out or merged into another's.
class LayerUses {
 public:
  explicit LayerUses(const NetworkSpec& spec)
      : spec_(spec), uses_(spec.layers.size() + 1), reader_(uses_.size()) {
    for (const ValueId id : spec.outputs) ++uses_[id];
    for (std::size_t i = spec.layers.size(); i-- > 0;) {
      if (!is_used(i)) continue;
      for (const ValueId id : spec.layers[i].inputs) {
        ++uses_[id];
        reader_[id] = i;
      }
    }
  }

  /// Whether layer i leads to an output.
  bool is_used(std::size_t i) const { return uses_[i + 1] > 0; }

  bool is_output(ValueId id) const {
    return std::find(spec_.outputs.begin(), spec_.outputs.end(), id) != spec_.outputs.end();
  }

  /// Dropout does nothing at inference: its input stands for its output, unless that is put out.
  bool is_left_out(std::size_t i) const {
    return std::holds_alternative<Dropout>(spec_.layers[i].kind) &&
           !is_output(static_cast<ValueId>(i + 1));
  }

  /// The relu or clip that is the only use of layer i, where that layer can clamp by itself; else
  /// i. Done here because XNNPACK's own fusion writes the clamp over the node's other parameters,
  /// which share a union with it (subgraph.c, xnn_subgraph_fusion).
  std::size_t clip_to_merge(std::size_t i) const {
    const std::size_t reader = reader_[i + 1];
    if (uses_[i + 1] != 1 || reader <= i) return i;
    const auto limits = limits_of(spec_.layers[reader].kind);
    if (!limits || !(limits->clamp.min < limits->clamp.max)) return i;  // XNNPACK takes no point.
    return can_clamp(spec_.layers[i].kind) ? reader : i;
  }

 private:
  const NetworkSpec& spec_;
  /// By ValueId: how often a value is read or put out by layers that lead to an output, and the
  /// first of the layers that read it.
  std::vector<int> uses_;
  std::vector<std::size_t> reader_;
};

}  // namespace

Graph build_graph(const NetworkSpec& spec, const Parameters& parameters,
                  const ActivationScales& scales) {
  PartialGraph network{parameters, scales, infer_shapes(spec), {}, {}, {}, {}, {}};
  const std::size_t values = network.shapes.size();
  xnn_subgraph* subgraph = nullptr;
  check_status(xnn_create_subgraph(static_cast<Value>(values), 0, &subgraph), "network");
  network.graph.subgraph.reset(subgraph);
  network.stand_ins.resize(values);
  std::iota(network.stand_ins.begin(), network.stand_ins.end(), Value{0});
  define_dense(network.graph, network.shapes[0], 0, XNN_VALUE_FLAG_EXTERNAL_INPUT, "network");

  const LayerUses uses(spec);
  std::vector<bool> merged(spec.layers.size());
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    if (!uses.is_used(i) || merged[i]) continue;
    const Layer& layer = spec.layers[i];
    if (uses.is_left_out(i)) {
      network.stand_ins[i + 1] = network.stand_ins[layer.inputs[0]];
      continue;
    }
    const bool is_int8 = !scales.empty() && scales[i + 1].is_computed_in_int8;
    std::size_t clip = uses.clip_to_merge(i);
    if (is_int8 && scales[clip + 1].scale == 0) clip = i;
    OutputRange range;
    if (clip != i) {
      merged[clip] = true;
      const auto limits = limits_of(spec.layers[clip].kind)->clamp;
      range = {limits.min, limits.max};
    }
    const auto output = static_cast<ValueId>(clip + 1);
    LayerBuilder(network, layer, output, range, is_int8)
        .define(uses.is_output(output) ? XNN_VALUE_FLAG_EXTERNAL_OUTPUT : 0);
  }
  return std::move(network.graph);
}

}  // namespace visavis
