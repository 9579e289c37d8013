#pragma once

#include <cstddef>

#include "core/network/network_spec.h"
#include "core/network/parameters.h"

namespace visavis {

/// Cuts channels out of the network that no output depends on: those that hold the same number
/// whatever the input, as where a filter is zero, and those that only meet weights of zero. What a
/// constant adds to the next convolution or fully connected layer goes into that layer's bias.
///
/// The outputs stay the same but for rounding, so some dead channels are kept: a constant other
/// than zero that a padded window reads, because the zeros beyond the border differ from it; a
/// summand whose sum is not constant; whatever a reshape, transposition or slice mixes with live
/// channels. Outputs keep all their channels, and every value keeps one at least.
///
/// Tiny weights are set to zero first (zero_tiny_weights). Gives how many channels were cut out,
/// counted where they are made: those of convolutions, fully connected layers and channel pads.
/// Throws as check_parameters.
std::size_t remove_dead_channels(NetworkSpec& network, Parameters& parameters);

}  // namespace visavis
