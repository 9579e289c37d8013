#include "core/model/preprocess.h"

#include <cmath>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

void check(std::span<const FineImage> images, const Preprocessing& preprocessing) {
  const std::size_t channels = preprocessing.mean.size();
  if ((channels != 1 && channels != 3) || preprocessing.scale.size() != channels) {
    throw Error(ErrorCode::kInvalidArgument,
                "network input: an image has 3 channels or 1 (luma), the preprocessing " +
                    std::to_string(channels));
  }
  if (images.empty()) throw Error(ErrorCode::kInvalidArgument, "network input: no images");
  for (const FineImage& image : images) {
    if (image.width != images[0].width || image.height != images[0].height) {
      throw Error(ErrorCode::kInvalidArgument, "network input: images of one batch differ in size");
    }
  }
}

}  // namespace

Tensor network_input(std::span<const FineImage> images, const Preprocessing& preprocessing) {
  check(images, preprocessing);
  const std::size_t channels = preprocessing.mean.size();
  Tensor input({images.size(), static_cast<std::size_t>(images[0].height),
                static_cast<std::size_t>(images[0].width), channels});
  float* out = input.data();
  for (const FineImage& image : images) {
    for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
      const float* rgb = image.pixels.data() + i;
      for (std::size_t c = 0; c < channels; ++c) {
        const float value = channels == 1 ? luma(rgb) : rgb[c];
        *out++ = (value - preprocessing.mean[c]) * preprocessing.scale[c];
      }
    }
  }
  return input;
}

void require_finite(const Tensor& output, const std::string& network) {
  for (const float value : output) {
    if (!std::isfinite(value)) {
      throw Error(
          ErrorCode::kInternal,
          network + ": the network gave a value that is not finite; its model file is unfit");
    }
  }
}

}  // namespace visavis
