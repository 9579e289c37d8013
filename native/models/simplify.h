#pragma once

#include "core/model/model.h"

namespace visavis {

/// The same function with less to compute, to float rounding: a scaling of the pixels by the first
/// layer becomes preprocessing; slopes that are one for all channels of a layer become a leaky
/// rectifier's.
void simplify(Model& model);

}  // namespace visavis
