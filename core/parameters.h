#pragma once

#include <map>
#include <string>

#include "core/tensor.h"

namespace visavis {

/// Parameter name ("conv1.filter") to values, as parameter_specs lists them.
using Parameters = std::map<std::string, Tensor>;

}  // namespace visavis
