#include "core/base/envelope.h"

#include <algorithm>
#include <new>

#include "core/base/crc32.h"
#include "core/base/error.h"

namespace visavis {
namespace {

constexpr std::size_t kHeaderSize = 8 + 4 + 8 + 4;

template <class T>
void append_little_endian(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>((value >> (8 * i)) & 0xFFU);
}

template <class T>
T read_little_endian(const std::uint8_t* bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(bytes[i]) << (8 * i);
  return value;
}

/// What a file that is none of the expected looks like, to say it in the message.
std::string guess_format(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto starts_with = [&](std::string_view prefix) { return text.starts_with(prefix); };
  if (starts_with(std::string_view("VISAVIS\0", 8))) return "a visavis model";
  if (starts_with("VISAVISC")) return "the checkpoint of a training run";
  if (starts_with("VISAVIST")) return "a face template";
  if (starts_with("VISAVISF")) return "a support set";
  if (starts_with("\x89PNG")) return "a PNG image";
  if (starts_with("\xFF\xD8\xFF")) return "a JPEG image";
  if (starts_with("PK\x03\x04")) return "a zip archive";
  if (starts_with("\x1F\x8B")) return "a gzip archive; unpack it first";
  if (starts_with("<")) return "a web page; its address answered with an error";
  // An ONNX file is a protobuf whose first field is its version, a small number.
  if (starts_with("\x08") && text.size() > 1 && text[1] > 0 && text[1] < 32) {
    return "an ONNX network; convert it with `visavis import onnx`";
  }
  if (text.find_first_not_of('\0') == std::string_view::npos) return "nothing but zero bytes";
  return "something else";
}

Error damaged(const EnvelopeFormat& format, const std::string& source, const std::string& problem) {
  return {ErrorCode::kModelCorrupt, source + " is damaged: " + problem + format.what_to_do};
}

/// Magic, length of the header and version.
void check_header(const EnvelopeFormat& format, std::span<const std::uint8_t> bytes,
                  const std::string& source) {
  const std::size_t magic_size = std::min(bytes.size(), format.magic.size());
  if (!std::equal(bytes.begin(), bytes.begin() + magic_size, format.magic.begin())) {
    throw Error(ErrorCode::kModelForeign,
                source + " is not a " + format.kind + " but " + guess_format(bytes));
  }
  if (bytes.size() < kHeaderSize) return;
  const auto version = read_little_endian<std::uint32_t>(bytes.data() + format.magic.size());
  if (version > format.version) {
    throw Error(ErrorCode::kModelVersion, source + " has format version " +
                                              std::to_string(version) +
                                              "; this visavis reads up to version " +
                                              std::to_string(format.version) + ": update visavis");
  }
  if (version == 0) throw damaged(format, source, "there is no format version 0");
}

}  // namespace

std::string envelope_header(const EnvelopeFormat& format, std::string_view payload) {
  std::string header(format.magic.begin(), format.magic.end());
  append_little_endian(header, format.version);
  append_little_endian(header, static_cast<std::uint64_t>(payload.size()));
  append_little_endian(
      header, crc32({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}));
  return header;
}

void write_envelope(const EnvelopeFormat& format, std::string_view payload, std::ostream& out) {
  const std::string header = envelope_header(format, payload);
  out.write(header.data(), static_cast<std::streamsize>(header.size()));
  out.write(payload.data(), static_cast<std::streamsize>(payload.size()));
}

std::span<const std::uint8_t> open_envelope(const EnvelopeFormat& format,
                                            std::span<const std::uint8_t> bytes,
                                            const std::string& source) {
  if (bytes.empty()) {
    throw Error(ErrorCode::kModelTruncated, source + " is empty" + format.what_to_do);
  }
  check_header(format, bytes, source);
  const auto truncated = [&](std::uint64_t needed) {
    return Error(ErrorCode::kModelTruncated,
                 source + " ends after " + std::to_string(bytes.size()) + " of " +
                     std::to_string(needed) + " bytes" + format.what_to_do);
  };
  if (bytes.size() < kHeaderSize) throw truncated(kHeaderSize);
  const std::uint8_t* field = bytes.data() + format.magic.size() + 4;
  const auto length = read_little_endian<std::uint64_t>(field);
  const auto checksum = read_little_endian<std::uint32_t>(field + 8);
  const auto payload = bytes.subspan(kHeaderSize);
  // A length that is a lie may be so large that the sum would wrap round.
  if (payload.size() < length) throw truncated(std::max(length, length + kHeaderSize));
  if (payload.size() > length) throw damaged(format, source, "it is longer than it says");
  if (crc32(payload) != checksum) throw damaged(format, source, "its checksum does not match");
  return payload;
}

std::uint32_t envelope_version(std::span<const std::uint8_t> bytes) {
  return read_little_endian<std::uint32_t>(bytes.data() +
                                           std::tuple_size_v<decltype(EnvelopeFormat::magic)>);
}

std::uint32_t envelope_checksum(std::span<const std::uint8_t> bytes) {
  return read_little_endian<std::uint32_t>(bytes.data() + kHeaderSize - sizeof(std::uint32_t));
}

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  return text;
}

void throw_damaged(const EnvelopeFormat& format, const std::exception& problem,
                   const std::string& source) {
  if (dynamic_cast<const std::bad_alloc*>(&problem) != nullptr) {
    throw Error(ErrorCode::kOutOfMemory, source + ": not enough memory to load it");
  }
  throw damaged(format, source, on_one_line(problem.what()));
}

}  // namespace visavis
