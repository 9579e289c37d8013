#include "core/network/parameters.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/error.h"

namespace visavis {
void check_parameters(const NetworkSpec& spec, const Parameters& parameters) {
  check_parameters(parameter_specs(spec), parameters);
}

void check_parameters(const std::vector<ParameterSpec>& expected, const Parameters& parameters) {
  std::set<std::string> names;
  for (const ParameterSpec& parameter : expected) {
    names.insert(parameter.name);
    const auto found = parameters.find(parameter.name);
    if (found == parameters.end()) {
      refuse("parameter '" + parameter.name + "' (" + to_string(parameter.shape) + ") is missing");
    }
    const Tensor& tensor = found->second;
    if (tensor.shape() != parameter.shape) {
      refuse("parameter '" + parameter.name + "' has shape " + to_string(tensor.shape()) +
             "; the network needs " + to_string(parameter.shape));
    }
    if (!std::all_of(tensor.begin(), tensor.end(),
                     [](float value) { return std::isfinite(value); })) {
      refuse("parameter '" + parameter.name + "' holds a value that is not finite");
    }
  }
  for (const auto& [name, tensor] : parameters) {
    if (names.count(name) == 0)
      refuse("parameter '" + name + "' belongs to no layer of the network");
  }
}

}  // namespace visavis
