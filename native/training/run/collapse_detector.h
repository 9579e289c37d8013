#pragma once

#include <string>

#include "native/training/losses/loss.h"

namespace visavis {

/// Tells when a network has stopped telling people apart: all embeddings fall together, so that
/// every trio costs just the margin and is active (Schroff et al. 2015, section 3.2, saw it with
/// the hardest negatives; Hermans et al. 2017, section 3.2, describe the plateau).
class CollapseDetector {
 public:
  /// Figures of one step. Returns a sentence for the user the first time the last 50 steps look
  /// collapsed, else nothing: at least 99% of the trios active, and mean positive and negative
  /// distances within 2% of each other or 1e-3, or both small (at most 0.4 and 0.2). Says so anew
  /// after a recovery.
  std::string see_step(const LossFigures& figures);
  /// `spread` is ValidationResult's: below 0.1 of at most 1, photos of different people lie
  /// together.
  [[nodiscard]] std::string see_validation(double spread) const;

 private:
  int collapsed_steps_ = 0;
};

}  // namespace visavis
