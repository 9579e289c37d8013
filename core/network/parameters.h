#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/network/network_spec.h"
#include "core/network/tensor.h"

namespace visavis {

/// Parameter name ("conv1.filter") to values, as parameter_specs lists them.
using Parameters = std::map<std::string, Tensor>;

/// Throws kInvalidArgument (naming the parameter) unless the spec is sound, every parameter of it
/// is present with the right shape and finite values, and none is left over.
void check_parameters(const NetworkSpec& spec, const Parameters& parameters);
/// The same for parameters that are listed, "belongs to no layer" included.
void check_parameters(const std::vector<ParameterSpec>& expected, const Parameters& parameters);

}  // namespace visavis
