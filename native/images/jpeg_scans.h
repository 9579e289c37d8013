#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace visavis {

/// What the markers of a JPEG file say about its scans (ITU T.81, annex B), without decoding any.
struct JpegScans {
  std::size_t count = 0;
  /// Where the photo's data end: at the end marker, or, where there is none, after the scan that
  /// sent the last of the coefficients. What phones append to a photo lies behind it.
  std::size_t end = 0;
  bool has_end_marker = false;
  /// Whether every component has a scan and, where there is no end marker to say that the rest was
  /// left out on purpose, every coefficient was sent to its last bit.
  bool covers_image = false;
  /// Why browsers do not show the file, such as "arithmetic coding"; null where they do.
  const char* rare_kind = nullptr;
};

/// Stray bytes between segments are skipped. Never throws: an invalid file has no scans.
JpegScans find_jpeg_scans(std::span<const std::uint8_t> bytes);

}  // namespace visavis
