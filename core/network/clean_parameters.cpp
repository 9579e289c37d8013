#include "core/network/clean_parameters.h"

#include <cmath>

namespace visavis {

std::size_t zero_tiny_weights(Parameters& parameters) {
  std::size_t count = 0;
  for (auto& [name, tensor] : parameters) {
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      if (tensor[i] == 0 || std::abs(tensor[i]) >= kSmallestWeight) continue;
      tensor[i] = 0;
      ++count;
    }
  }
  return count;
}

}  // namespace visavis
