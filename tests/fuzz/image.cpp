#include "native/images/image_file.h"
#include "tests/fuzz/command_answer.h"

/// A photo of any format: Debian's codecs are not instrumented, our readers before and behind them are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto image = visavis::fuzz::accepted_by_command([&] {
    return visavis::decode_image({data, size}, "a photo");
  });
  if (!image) return 0;
  const auto pixels = std::size_t(image->width) * std::size_t(image->height);
  if (image->width < 1 || image->height < 1 || image->pixels.size() != 3 * pixels)
    visavis::fuzz::finding("an image of another size than its pixels");
  return 0;
}
