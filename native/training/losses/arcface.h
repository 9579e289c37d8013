#pragma once

#include <memory>

#include "native/training/losses/loss.h"

namespace visavis {

struct ArcFaceOptions {
  std::size_t classes = 0;         ///< At least 2; labels are 0..classes-1.
  std::size_t dimensions = 0;      ///< Length of an embedding.
  double scale = 32;               ///< s, above 0.
  double margin = 0.5;             ///< m in radians, 0..pi/2; 0 is a plain softmax of cosines.
  std::uint64_t warmup_steps = 0;  ///< The margin grows linearly from 0 over so many steps.
  std::uint64_t seed = 0;          ///< Of the class weights.
};

/// Additive angular margin: Deng, Guo, Xue, Zafeiriou 2019, "ArcFace", equation 3: softmax
/// cross-entropy over s cos(angle to each class's weight), where m is added to the angle of the
/// true class. Beyond pi - m, where cos(angle + m) would rise again, the target goes on as
/// cos(angle) - 1 + cos(m): it keeps falling and has no step. Raw or unit embeddings, whose length
/// is ignored.
/// Parameters: "arcface.weights" [classes, dimensions]. Figures: "class accuracy" (share of the
/// labelled rows nearest to their own class, no margin), "target cosine" (mean).
template <class T>
std::unique_ptr<Loss<T>> make_arcface_loss(const ArcFaceOptions& options, ThreadPool& threads);

}  // namespace visavis
