#include "native/images/png_chunks.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "native/images/image_decoders.h"

namespace visavis {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Span = std::span<const std::uint8_t>;

constexpr std::size_t kFirstChunk = 8;  // Behind the signature.
constexpr std::size_t kHeaderData = kFirstChunk + 8;

std::uint32_t big_endian(Span bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24U | static_cast<std::uint32_t>(bytes[1]) << 16U |
         static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
}

void append_number(Bytes& file, std::size_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    file.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

void append_chunk(Bytes& file, std::string_view name, Span data) {
  append_number(file, data.size());
  const std::size_t first = file.size();
  file.insert(file.end(), name.begin(), name.end());
  file.insert(file.end(), data.begin(), data.end());
  append_number(file, crc32_z(0, file.data() + first, file.size() - first));
}

Bytes joined(const std::vector<Span>& parts) {
  Bytes whole;
  for (const Span part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

/// Bytes of all rows, each behind its filter's byte. Adam7 has seven pictures of its own.
std::size_t row_bytes(Span header) {
  const std::size_t width = big_endian(header);
  const std::size_t height = big_endian(header.subspan(4));
  constexpr std::array<std::size_t, 7> kSamples{1, 0, 3, 1, 2, 0, 4};
  const std::size_t bits = header[8] * (header[9] < kSamples.size() ? kSamples[header[9]] : 0);
  const auto picture = [&](std::size_t columns, std::size_t rows) {
    return columns == 0 ? 0 : rows * (1 + (columns * bits + 7) / 8);
  };
  if (header[12] == 0) return picture(width, height);
  const auto part = [](std::size_t side, std::size_t first, std::size_t step) {
    return side > first ? (side - first + step - 1) / step : 0;
  };
  struct Pass {
    std::size_t left, top, across, down;
  };
  constexpr std::array<Pass, 7> kAdam7{{{0, 0, 8, 8},
                                        {4, 0, 8, 8},
                                        {0, 4, 4, 8},
                                        {2, 0, 4, 4},
                                        {0, 2, 2, 4},
                                        {1, 0, 2, 2},
                                        {0, 1, 1, 2}}};
  std::size_t sum = 0;
  for (const Pass& pass : kAdam7) {
    sum += picture(part(width, pass.left, pass.across), part(height, pass.top, pass.down));
  }
  return sum;
}

/// The first `length` bytes that zlib data unpack to; fewer where the data end before.
Bytes inflated_start(const Bytes& data, std::size_t length) {
  Bytes out(length);
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return {};
  stream.next_in = const_cast<Bytef*>(data.data());
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

Bytes deflated(const Bytes& data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  Bytes out(size);
  compress2(out.data(), &size, data.data(), static_cast<uLong>(data.size()), Z_BEST_SPEED);
  out.resize(size);
  return out;
}

/// What there is, up to where the file ends.
struct Walk {
  PngFile file{};
  std::vector<Span> others{};  ///< Whole chunks that are not the pixels'.
  std::vector<Span> data{};    ///< What the pixels' hold.
  bool has_end = false;
  std::size_t at = kFirstChunk;  ///< Behind the last whole chunk.
};

Walk walk(Span bytes, const std::string& source) {
  Walk result;
  while (result.at + 12 <= bytes.size()) {
    const std::size_t at = result.at;
    const std::size_t size = big_endian(bytes.subspan(at));
    if (size > bytes.size() - at - 12) break;
    const Span chunk = bytes.subspan(at + 4, size + 4);
    const std::string_view name(reinterpret_cast<const char*>(chunk.data()), 4);
    const bool is_sound =
        crc32_z(0, chunk.data(), chunk.size()) == big_endian(bytes.subspan(at + 8 + size));
    const bool matters = (chunk[0] & 0x20U) == 0;  // Upper case.
    if (matters && !is_sound) throw_damaged(source, "PNG", "bad checksum");
    if (name == "cICP" && is_sound && size == 4) result.file.code_points = {{chunk[4], chunk[5]}};
    if (name == "IEND") {
      result.has_end = true;
      return result;
    }
    result.at += 12 + size;
    if (name == "IDAT") {
      result.data.push_back(chunk.subspan(4));
    } else {
      result.others.push_back(bytes.subspan(at, 12 + size));
    }
  }
  return result;
}

}  // namespace

PngFile read_png_chunks(Span bytes, const std::string& source) {
  // IHDR always comes first, at a fixed place; libpng's own words for a bad size help nobody.
  if (bytes.size() < kHeaderData + 8) throw_truncated(source, "PNG");
  if (std::memcmp(bytes.data() + 12, "IHDR", 4) != 0) throw_damaged(source, "PNG", "no header");
  check_image_size(big_endian(bytes.subspan(kHeaderData)),
                   big_endian(bytes.subspan(kHeaderData + 4)), source);
  Walk found = walk(bytes, source);
  if (found.has_end) return std::move(found.file);
  if (found.at < kHeaderData + 13) throw_truncated(source, "PNG");
  const Span cut = bytes.subspan(found.at);
  if (cut.size() > 8 && std::memcmp(cut.data() + 4, "IDAT", 4) == 0) {
    found.data.push_back(cut.subspan(8, std::min<std::size_t>(cut.size() - 8, big_endian(cut))));
  }
  // libpng gives up before the last rows where the data lack their end, so they are packed anew.
  const std::size_t length = row_bytes(bytes.subspan(kHeaderData));
  const Bytes rows = inflated_start(joined(found.data), length);
  if (rows.size() < length || length == 0) throw_truncated(source, "PNG");
  found.others.insert(found.others.begin(), bytes.first(kFirstChunk));
  found.file.mended = joined(found.others);
  append_chunk(found.file.mended, "IDAT", deflated(rows));
  append_chunk(found.file.mended, "IEND", {});
  return std::move(found.file);
}

}  // namespace visavis
