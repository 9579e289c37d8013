#pragma once

#include "core/image/image.h"

namespace visavis {

/// Pixels of a side of what find_ink gives: that of Omniglot's images.
inline constexpr int kInkSide = 105;

/// Brings a picture of one drawn character, dark on light or light on dark, to the form in which
/// Omniglot holds its own (Lake et al. 2015) and on which the characters model was trained:
/// kInkSide x kInkSide pixels, black ink on white, the ink in the middle, the pen 4.6 pixels wide.
///
/// It is rough. Several characters are taken for one. Ruled lines and the paper's edge are taken
/// for strokes. Strokes broader than about a twentieth of the picture are hollowed out. Thin
/// strokes are thickened to Omniglot's pen, broad ones stay broad.
///
/// Throws kUnreadableImage where no strokes stand out.
Image find_ink(const Image& picture);

}  // namespace visavis
