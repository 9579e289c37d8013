#pragma once

#include <xnnpack.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/network/activation_scales.h"
#include "core/network/int8_filter.h"
#include "core/network/network_spec.h"
#include "core/network/parameters.h"

namespace visavis {

/// Private to runtime*.cpp, the corner that includes xnnpack.h.

/// Throws unless XNNPACK succeeded: kOutOfMemory, kUnsupported, else kInternal. `what` names the
/// layer or step.
void check_status(xnn_status status, const std::string& what);

struct SubgraphDeleter {
  void operator()(xnn_subgraph* subgraph) const { xnn_delete_subgraph(subgraph); }
};
using SubgraphPtr = std::unique_ptr<xnn_subgraph, SubgraphDeleter>;

/// bias = scale of its channel * level.
struct Int32Bias {
  std::vector<float> scales;
  std::vector<std::int32_t> levels;
};

struct Graph {
  SubgraphPtr subgraph;
  /// Parameters that XNNPACK reads on every run; they must outlive the runtime. Filters and biases
  /// are not among them: it packs its own copy when the runtime is created.
  std::vector<Tensor> kept;
  /// Constants that are packed, too; needed until the runtime is created.
  std::vector<Tensor> packed;
  std::vector<Int8Filter> int8_filters;
  std::vector<Int32Bias> int8_biases;
};

/// The network as an XNNPACK subgraph. XNNPACK's value ids are the spec's; inner values come after
/// them. The batch is the first dimension of every value, and left open. `parameters` must live
/// until the runtime is created. Throws as Network's constructor.
Graph build_graph(const NetworkSpec& spec, const Parameters& parameters,
                  const ActivationScales& scales);

}  // namespace visavis
