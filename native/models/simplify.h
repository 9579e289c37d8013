#pragma once

#include "core/model/model.h"

namespace visavis {

/// The same function with less to compute, to float rounding: a scaling of the pixels by the first
/// layer becomes preprocessing; slopes that are one for all channels of a layer become a leaky
/// rectifier's. Activation scales, which belong to the layers as they were, are dropped.
void simplify(Model& model);

}  // namespace visavis
