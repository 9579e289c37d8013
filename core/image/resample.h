#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "core/image/image.h"
#include "core/image/similarity_transform.h"

namespace visavis {

/// What lies beyond the photo's edge.
enum class Border {
  kBlack,
  kNearest,  ///< The edge pixel, continued.
};

/// The pixel at (x, y), or what stands for it beyond the image's edge.
inline const std::uint8_t* pixel_or_border(const Image& image, int x, int y, Border border) {
  static constexpr std::uint8_t kBlackPixel[3] = {0, 0, 0};
  const bool is_inside = x >= 0 && y >= 0 && x < image.width && y < image.height;
  if (!is_inside && border == Border::kBlack) return kBlackPixel;
  return image.pixel(std::clamp(x, 0, image.width - 1), std::clamp(y, 0, image.height - 1));
}

/// Half the size (odd sides rounded up): each pixel the mean of 2x2, rounded to nearest.
Image halve(const Image& image);

/// The photo through a similarity transform, on width x height pixels. Where it shrinks, the part
/// of the photo that is needed is first halved (2x2 means, as in a mip map: Williams 1983) until
/// less than a halving is left, so nothing aliases; then sampled once, bilinearly, so a small face
/// is not blurred twice. The same transform gives the same samples on every platform. Throws
/// kInvalidArgument for an empty photo, a transform that is not finite or of scale zero.
FineImage resample(const Image& photo, const SimilarityTransform& photo_to_crop, int width,
                   int height, Border border);

/// A photo and its halvings. Each halving is made when it is first needed, so that many crops of
/// one photo cost one pass over its pixels. Needs up to a third of the photo's memory.
class ImagePyramid {
 public:
  /// Keeps a reference: the photo must outlive the pyramid, unchanged.
  explicit ImagePyramid(const Image& photo) : photo_(&photo) {}

  [[nodiscard]] const Image& photo() const { return *photo_; }
  /// The photo halved this many times; 0: the photo itself.
  const Image& level(int halvings);
  /// How many halvings have been made.
  [[nodiscard]] int levels() const { return static_cast<int>(halved_.size()); }

 private:
  const Image* photo_;
  std::deque<Image> halved_;  ///< Not a vector: references to levels stay valid.
};

/// The same crop as from the photo alone, value for value. Makes halvings of the whole photo only for
/// crops of most of it.
FineImage resample(ImagePyramid& photo, const SimilarityTransform& photo_to_crop, int width,
                   int height, Border border);

}  // namespace visavis
