#include "native/images/jpeg_codec.h"

#include <turbojpeg.h>

#include <memory>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

using Handle = std::unique_ptr<void, decltype(&tjDestroy)>;

/// Bytes that TurboJPEG allocates.
struct Encoded {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;

  Encoded() = default;
  ~Encoded() { tjFree(bytes); }
  Encoded(const Encoded&) = delete;
  Encoded& operator=(const Encoded&) = delete;
};

/// Pixels of our own cannot be wrong: what is left to fail is memory.
void require_success(int status, const Image& image) {
  if (status == 0) return;
  throw Error(ErrorCode::kOutOfMemory, "not enough memory for a JPEG of " +
                                           std::to_string(image.width) + "x" +
                                           std::to_string(image.height) + " pixels");
}

void encode(const Image& image, int quality, int flags, Encoded& encoded) {
  const Handle handle(tjInitCompress(), &tjDestroy);
  require_success(handle == nullptr ? -1
                                    : tjCompress2(handle.get(), image.pixels.data(), image.width, 0,
                                                  image.height, TJPF_RGB, &encoded.bytes,
                                                  &encoded.size, TJSAMP_420, quality, flags),
                  image);
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality) {
  Encoded encoded;
  encode(image, quality, TJFLAG_ACCURATEDCT, encoded);
  return {encoded.bytes, encoded.bytes + encoded.size};
}

void pass_through_jpeg(Image& image, int quality) {
  Encoded encoded;
  encode(image, quality, TJFLAG_FASTDCT, encoded);
  const Handle handle(tjInitDecompress(), &tjDestroy);
  require_success(handle == nullptr ? -1
                                    : tjDecompress2(handle.get(), encoded.bytes, encoded.size,
                                                    image.pixels.data(), image.width, 0,
                                                    image.height, TJPF_RGB, TJFLAG_FASTDCT),
                  image);
}

}  // namespace visavis
