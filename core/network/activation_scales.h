#pragma once

#include <cstdint>
#include <vector>

#include "core/network/network_spec.h"

namespace visavis {

/// How a value of a network is held as int8 (Jacob et al. 2018, "Quantization and Training of
/// Neural Networks for Efficient Integer-Arithmetic-Only Inference"):
/// x = scale * (level - zero_point), where level is -128..127.
struct ActivationScale {
  float scale = 0;  ///< 0: the value is never held as int8.
  std::int8_t zero_point = 0;
  /// Whether the layer that makes the value computes in int8. Its input needs a scale, too.
  bool is_computed_in_int8 = false;
};

/// By ValueId; empty for a network that computes in fp32.
using ActivationScales = std::vector<ActivationScale>;

/// Whether the runtime can compute such a layer in int8. A relu or clip has no int8 form of its
/// own: the layer before takes it along.
bool has_int8_form(const LayerKind& kind);

/// Whether a layer of a kind that has an int8 form can turn values of scale `input` into values of
/// scale `output`: XNNPACK multiplies by numbers of 16 bits, so that not every slope of a leaky
/// relu fits.
bool can_compute_in_int8(const LayerKind& kind, float input, float output);

/// The scale that holds every value from low to high, and 0 exactly. Throws kInvalidArgument unless
/// low and high are finite and low <= high.
ActivationScale scale_of_range(float low, float high);

/// Throws kInvalidArgument, naming the layer, unless there are none or one per value of the
/// network, each 0 or a positive normal number, and every layer that is to compute in int8 can.
void check_activation_scales(const NetworkSpec& spec, const ActivationScales& scales);

}  // namespace visavis
