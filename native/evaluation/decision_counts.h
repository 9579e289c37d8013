#pragma once

#include <array>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/rates/decision_bounds.h"
#include "native/data/protocol.h"
#include "native/embedding/photo_embedder.h"

namespace visavis {

/// How many pairs are decided how, in the order of Outcome: match, review, mismatch.
struct DecisionCounts {
  std::array<std::size_t, 3> genuine{};
  std::array<std::size_t, 3> impostor{};
};

/// Decides on every pair; one without a face is a review. `embedded` stands in the order of
/// protocol.photos.
DecisionCounts decide_pairs(const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded,
                            const DecisionBounds& bounds);

/// "match 2799 (93.30%), review 195 (6.50%), mismatch 6 (0.20%)"; "none" of no pairs.
std::string to_text(const std::array<std::size_t, 3>& pairs);

/// {"genuine": {"match": 2799, "review": 195, "mismatch": 6}, "impostor": {..}}
nlohmann::ordered_json to_json(const DecisionCounts& counts);

}  // namespace visavis
