#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "native/images/colour_profile.h"
#include "native/images/exif_orientation.h"
#include "native/images/image_decoders.h"

namespace visavis {
namespace {

[[noreturn]] void throw_failure(VP8StatusCode status, const std::string& source) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      throw_truncated(source, "WebP");
    case VP8_STATUS_OUT_OF_MEMORY:
      throw Error(ErrorCode::kOutOfMemory, source + ": not enough memory to decode it");
    default:
      throw_damaged(source, "WebP", "code " + std::to_string(status));
  }
}

struct DemuxerDeleter {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
using Demuxer = std::unique_ptr<WebPDemuxer, DemuxerDeleter>;

/// The data of a chunk of metadata, "EXIF" or "ICCP"; empty where there is none.
std::span<const std::uint8_t> chunk_of(const Demuxer& demuxer, const char* name) {
  WebPChunkIterator chunk{};
  std::span<const std::uint8_t> data;
  if (WebPDemuxGetChunk(demuxer.get(), name, 1, &chunk) != 0) {
    data = {chunk.chunk.bytes, chunk.chunk.size};
  }
  WebPDemuxReleaseChunkIterator(&chunk);  // The bytes are the file's own.
  return data;
}

/// The only frame, or the first of an animation.
struct Frame {
  std::span<const std::uint8_t> bitstream{};
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  bool has_alpha = false;
};

Frame first_frame(const Demuxer& demuxer, const std::string& source) {
  WebPIterator frame{};
  const bool found = WebPDemuxGetFrame(demuxer.get(), 1, &frame) != 0 && frame.complete != 0;
  Frame result{.bitstream = {frame.fragment.bytes, frame.fragment.size},
               .left = frame.x_offset,
               .top = frame.y_offset,
               .width = frame.width,
               .height = frame.height,
               .has_alpha = frame.has_alpha != 0};
  WebPDemuxReleaseIterator(&frame);
  if (!found) throw_truncated(source, "WebP");
  return result;
}

/// Into `pixels`, of the whole canvas, which may be larger than the frame.
void decode_frame(const Frame& frame, int canvas_width, bool has_alpha,
                  std::vector<std::uint8_t>& pixels, const std::string& source) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) {
    throw Error(ErrorCode::kInternal, "libwebp is of another version than its header");
  }
  const std::size_t channels = has_alpha ? 4 : 3;
  const std::size_t stride = static_cast<std::size_t>(canvas_width) * channels;
  const std::size_t first = static_cast<std::size_t>(frame.top) * stride +
                            static_cast<std::size_t>(frame.left) * channels;
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels.data() + first;
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = pixels.size() - first;
  const VP8StatusCode decoded = WebPDecode(frame.bitstream.data(), frame.bitstream.size(), &config);
  WebPFreeDecBuffer(&config.output);  // Ours stays ours: it is external.
  if (decoded != VP8_STATUS_OK) throw_failure(decoded, source);
}

}  // namespace

Image decode_webp(std::span<const std::uint8_t> bytes, const std::string& source) {
  const WebPData data{bytes.data(), bytes.size()};
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  // Partial: of a file that ends early, the first frame may be there.
  const Demuxer demuxer(WebPDemuxPartial(&data, &state));
  if (!demuxer || state == WEBP_DEMUX_PARSING_HEADER) throw_truncated(source, "WebP");
  if (state == WEBP_DEMUX_PARSE_ERROR) throw_damaged(source, "WebP", "bad chunks");
  const auto width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
  const auto height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
  check_image_size(width, height, source);
  const Frame frame = first_frame(demuxer, source);

  const bool fills_canvas =
      frame.width == static_cast<int>(width) && frame.height == static_cast<int>(height);
  const bool has_alpha = frame.has_alpha || !fills_canvas;
  Image image;
  std::vector<std::uint8_t> rgba;
  if (has_alpha) {
    rgba.resize(std::size_t{width} * height * 4);
  } else {
    image = Image(static_cast<int>(width), static_cast<int>(height));
  }
  std::vector<std::uint8_t>& pixels = has_alpha ? rgba : image.pixels;
  decode_frame(frame, static_cast<int>(width), has_alpha, pixels, source);
  ColourProfile::from_icc(chunk_of(demuxer, "ICCP"))
      .convert_to_srgb(pixels.data(), std::size_t{width} * height,
                       has_alpha ? PixelLayout::kRgba : PixelLayout::kRgb);
  if (has_alpha) {
    image =
        image_over_white(rgba.data(), static_cast<int>(width), static_cast<int>(height), source);
  }
  return apply_orientation(std::move(image), exif_orientation(chunk_of(demuxer, "EXIF")));
}

}  // namespace visavis
