#pragma once

#include <cstddef>
#include <string>

#include "core/image/image.h"
#include "core/model/embedder.h"

namespace visavis {

/// Length of what ink_features gives: a 12x12 grid of ink and a 7x7 grid of 8 slopes.
inline constexpr std::size_t kInkFeatures = 12 * 12 + 7 * 7 * 8;

/// What can be said of a drawing or character without a trained network, the baseline of one: the
/// part that holds the ink, brought into a square of 56 pixels, its proportions kept; there the ink
/// in coarse blurred cells, and gradients by slope (8 of 22.5 degrees, without sign) in coarse
/// cells (Dalal and Triggs 2005, with no blocks), as square roots; both parts of length 1. Ink is
/// whatever differs from the border's median luma, dark on light or light on dark. Unit length.
/// Throws kUnreadableImage for an image without ink, kInvalidArgument for an empty one; `source`
/// names it.
Embedding ink_features(const Image& image, const std::string& source);

}  // namespace visavis
