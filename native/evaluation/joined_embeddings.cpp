#include "native/evaluation/joined_embeddings.h"

#include <algorithm>
#include <cmath>

namespace visavis {

std::vector<EmbeddedPhoto> joined_embeddings(
    const std::vector<std::vector<EmbeddedPhoto>>& by_network) {
  std::vector<EmbeddedPhoto> joined(by_network.front().size());
  const float factor = 1 / std::sqrt(static_cast<float>(by_network.size()));
  for (std::size_t i = 0; i < joined.size(); ++i) {
    const bool all_have_one = std::all_of(by_network.begin(), by_network.end(),
                                          [&](const auto& one) { return one[i].has_face(); });
    if (!all_have_one) continue;
    for (const auto& one : by_network) {
      for (const float value : one[i].embedding) joined[i].embedding.push_back(value * factor);
    }
  }
  return joined;
}

}  // namespace visavis
