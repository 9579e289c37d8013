#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/image/image.h"
#include "core/model/model.h"

namespace visavis {

struct QuantizationOptions {
  /// Of a value's elements, how many in 100 its range must hold: what lies outside is cut off. 100:
  /// from the least to the largest. Above 50, at most 100.
  double percentile = 99.99;
  /// Names of layers to leave in fp32.
  std::set<std::string> fp32_layers;
};

/// Activation scales for the model, from what its network makes of the crops in fp32. In int8 are
/// then convolutions (but those of fewer than 8 channels, where fp32 is faster), depthwise ones of
/// up to 25 weights a channel (XNNPACK has no int8 kernel of more), and leaky relus after them.
/// Throws kInvalidArgument, naming it, for a layer that the network does not have, and where
/// nothing is left to compute in int8.
ActivationScales choose_scales(const Model& model, const std::vector<FineImage>& crops,
                               const QuantizationOptions& options);

/// Which layers choose_scales may let compute in int8, by layer; checks `fp32_layers` as it does.
std::vector<bool> int8_candidates(const NetworkSpec& network,
                                  const std::set<std::string>& fp32_layers);

}  // namespace visavis
