#include "core/model/unit_embedding.h"

#include <cmath>

#include "core/base/error.h"
#include "core/base/parse_number.h"

namespace visavis {

void require_unit_embedding(std::span<const float> values, std::size_t length,
                            const std::string& what) {
  constexpr double kTolerance = 1e-3;  // Rounding of what was stored as float32, and no more.
  if (values.size() != length) {
    throw Error(ErrorCode::kInvalidArgument, what + " has " + std::to_string(values.size()) +
                                                 " numbers, the model's embeddings have " +
                                                 std::to_string(length));
  }
  double square = 0;
  for (const float value : values) square += static_cast<double>(value) * value;
  // The negation also catches NaN.
  if (!(std::abs(std::sqrt(square) - 1) <= kTolerance)) {
    throw Error(ErrorCode::kInvalidArgument, what + " is not of length 1 (its norm is " +
                                                 number_text(std::sqrt(square)) +
                                                 "); give one as the embedder made it");
  }
}

}  // namespace visavis
