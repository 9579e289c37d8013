#pragma once

#include <cstddef>
#include <string>

#include "core/image/image.h"
#include "core/model/embedder.h"

namespace visavis {

/// Length of what ink_features gives: a 12x12 grid of ink and a 7x7 grid of 8 slopes.
inline constexpr std::size_t kInkFeatures = 12 * 12 + 7 * 7 * 8;

/// Features of a drawing or character that need no trained network: a baseline. The ink's bounding
/// box is brought into a square of 56 pixels, its proportions kept. The features are the ink in
/// coarse blurred cells, and square roots of gradients by slope (8 of 22.5 degrees, without sign)
/// in coarse cells (Dalal and Triggs 2005, without blocks); each part is brought to length 1, and
/// so is the whole. Ink is what differs from the border's median luma, dark on light or light on
/// dark. Throws kUnreadableImage for an image without ink, kInvalidArgument for an empty one;
/// `source` names it.
Embedding ink_features(const Image& image, const std::string& source);

}  // namespace visavis
