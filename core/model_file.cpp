#include "core/model_file.h"

#include <algorithm>
#include <array>
#include <cereal/archives/portable_binary.hpp>
#include <cmath>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string_view>

#include "core/crc32.h"
#include "core/error.h"
#include "core/half.h"
#include "core/model_archive.h"

namespace visavis {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'V', 'I', 'S', 'A', 'V', 'I', 'S', 0};
constexpr std::size_t kHeaderSize = kMagic.size() + 4 + 8 + 4;
constexpr const char* kFetchAgain = "; copy or download it again";

/// Reads from bytes that somebody else owns, and knows how many are left.
class SpanBuffer : public std::streambuf {
 public:
  explicit SpanBuffer(std::span<const std::uint8_t> bytes) {
    // streambuf wants non-const pointers; without pbackfail nothing is written through them.
    auto* begin = reinterpret_cast<char*>(const_cast<std::uint8_t*>(bytes.data()));
    setg(begin, begin, begin + bytes.size());
  }
  [[nodiscard]] std::uint64_t left() const { return static_cast<std::uint64_t>(egptr() - gptr()); }
};

// Parameters -------------------------------------------------------------------------------------

/// Vectors (bias, slope, ..) are few bytes and sensitive: always fp32.
WeightStorage storage_of(const Shape& shape, WeightStorage storage) {
  return shape.size() < 2 ? WeightStorage::kFloat32 : storage;
}

/// Where the output channel of an element is found: first dimension of [out, kh, kw, in] and [out,
/// in], last of a depthwise [kh, kw, channels].
struct ChannelOf {
  explicit ChannelOf(const Shape& shape)
      : channels(shape.size() == 3 ? shape.back() : shape.front()),
        stride(shape.size() == 3 ? 1 : element_count(shape) / channels) {}
  std::size_t operator()(std::size_t i) const { return i / stride % channels; }
  std::size_t channels;
  std::size_t stride;
};

std::uint64_t stored_bytes(const Shape& shape, WeightStorage storage) {
  const std::uint64_t count = element_count(shape);
  switch (storage_of(shape, storage)) {
    case WeightStorage::kFloat32:
      return 4 * count;
    case WeightStorage::kFloat16:
      return 2 * count;
    case WeightStorage::kInt8:
      return count + 4 * ChannelOf(shape).channels;
  }
  return 0;
}

template <class Archive, class T>
void array(Archive& archive, T* data, std::size_t count) {
  archive(cereal::binary_data(data, count * sizeof(T)));
}

using OutputArchive = cereal::PortableBinaryOutputArchive;
using InputArchive = cereal::PortableBinaryInputArchive;

void save_half(OutputArchive& archive, const std::string& name, const Tensor& tensor) {
  std::vector<std::uint16_t> halves;
  halves.reserve(tensor.size());
  for (const float value : tensor) {
    if (std::abs(value) >= 65520.0F) {
      throw Error(ErrorCode::kInvalidArgument, "parameter '" + name + "' holds " +
                                                   std::to_string(value) +
                                                   ", too large for fp16; store it as fp32");
    }
    halves.push_back(half_from_float(value));
  }
  array(archive, halves.data(), halves.size());
}

void save_int8(OutputArchive& archive, const Tensor& tensor) {
  const ChannelOf channel_of(tensor.shape());
  std::vector<float> scales(channel_of.channels);
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    float& scale = scales[channel_of(i)];
    scale = std::max(scale, std::abs(tensor[i]) / 127.0F);
  }
  std::vector<std::int8_t> quantized(tensor.size());
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    const float scale = scales[channel_of(i)];
    const float level = scale > 0 ? std::nearbyint(tensor[i] / scale) : 0.0F;
    quantized[i] = static_cast<std::int8_t>(std::clamp(level, -127.0F, 127.0F));
  }
  array(archive, scales.data(), scales.size());
  array(archive, quantized.data(), quantized.size());
}

void save_parameter(OutputArchive& archive, const std::string& name, const Tensor& tensor,
                    WeightStorage storage) {
  switch (storage_of(tensor.shape(), storage)) {
    case WeightStorage::kFloat32:
      return array(archive, tensor.data(), tensor.size());
    case WeightStorage::kFloat16:
      return save_half(archive, name, tensor);
    case WeightStorage::kInt8:
      return save_int8(archive, tensor);
  }
}

Tensor load_parameter(InputArchive& archive, const Shape& shape, WeightStorage storage) {
  Tensor tensor(shape);
  switch (storage_of(shape, storage)) {
    case WeightStorage::kFloat32:
      array(archive, tensor.data(), tensor.size());
      break;
    case WeightStorage::kFloat16: {
      std::vector<std::uint16_t> halves(tensor.size());
      array(archive, halves.data(), halves.size());
      std::transform(halves.begin(), halves.end(), tensor.data(), float_from_half);
      break;
    }
    case WeightStorage::kInt8: {
      const ChannelOf channel_of(shape);
      std::vector<float> scales(channel_of.channels);
      array(archive, scales.data(), scales.size());
      std::vector<std::int8_t> quantized(tensor.size());
      array(archive, quantized.data(), quantized.size());
      for (std::size_t i = 0; i < tensor.size(); ++i) {
        tensor[i] = static_cast<float>(quantized[i]) * scales[channel_of(i)];
      }
      break;
    }
  }
  return tensor;
}

// Payload ----------------------------------------------------------------------------------------

std::string save_payload(const Model& model, WeightStorage storage) {
  std::ostringstream stream;
  {
    OutputArchive archive(stream, OutputArchive::Options::LittleEndian());
    archive(model, static_cast<std::uint8_t>(storage));
    for (const ParameterSpec& spec : parameter_specs(model.network)) {
      save_parameter(archive, spec.name, model.parameters.at(spec.name), storage);
    }
  }
  return std::move(stream).str();
}

/// Throws std::exception in any of its forms: the checksum was right, the content is not.
Model load_payload(std::span<const std::uint8_t> payload, WeightStorage* stored_as) {
  SpanBuffer buffer(payload);
  std::istream stream(&buffer);
  InputArchive archive(stream);
  Model model;
  std::uint8_t storage = 0;
  archive(model, storage);
  if (storage > static_cast<std::uint8_t>(WeightStorage::kInt8)) {
    throw std::runtime_error("weights of unknown storage " + std::to_string(storage));
  }
  const auto weights = static_cast<WeightStorage>(storage);
  if (stored_as != nullptr) *stored_as = weights;
  for (const ParameterSpec& spec : parameter_specs(model.network)) {
    if (stored_bytes(spec.shape, weights) > buffer.left()) {
      throw std::runtime_error("it ends before parameter '" + spec.name + "' does");
    }
    model.parameters.emplace(spec.name, load_parameter(archive, spec.shape, weights));
  }
  if (buffer.left() > 0) throw std::runtime_error("bytes are left over");
  check_model(model);
  return model;
}

// Envelope ---------------------------------------------------------------------------------------

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

/// What a file that is no model looks like, to say it in the message.
std::string guess_format(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto starts_with = [&](std::string_view prefix) { return text.starts_with(prefix); };
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

/// The payload, once magic, version, length and checksum have proved right.
std::span<const std::uint8_t> open_envelope(std::span<const std::uint8_t> bytes,
                                            const std::string& source) {
  if (bytes.empty()) throw Error(ErrorCode::kModelTruncated, source + " is empty" + kFetchAgain);
  const std::size_t magic_size = std::min(bytes.size(), kMagic.size());
  if (!std::equal(bytes.begin(), bytes.begin() + magic_size, kMagic.begin())) {
    throw Error(ErrorCode::kModelForeign,
                source + " is not a visavis model but " + guess_format(bytes));
  }
  const auto truncated = [&](std::uint64_t needed) {
    return Error(ErrorCode::kModelTruncated, source + " ends after " +
                                                 std::to_string(bytes.size()) + " of " +
                                                 std::to_string(needed) + " bytes" + kFetchAgain);
  };
  if (bytes.size() < kHeaderSize) throw truncated(kHeaderSize);
  const std::uint8_t* field = bytes.data() + kMagic.size();
  const auto version = read_little_endian<std::uint32_t>(field);
  if (version > kModelFormatVersion) {
    throw Error(ErrorCode::kModelVersion,
                source + " has format version " + std::to_string(version) +
                    "; this visavis reads up to version " + std::to_string(kModelFormatVersion) +
                    ": update visavis");
  }
  const auto corrupt = [&](const std::string& problem) {
    return Error(ErrorCode::kModelCorrupt, source + " is damaged: " + problem + kFetchAgain);
  };
  if (version == 0) throw corrupt("there is no format version 0");
  const auto length = read_little_endian<std::uint64_t>(field + 4);
  const auto checksum = read_little_endian<std::uint32_t>(field + 12);
  const auto payload = bytes.subspan(kHeaderSize);
  if (payload.size() < length) throw truncated(length + kHeaderSize);
  if (payload.size() > length) throw corrupt("it is longer than it says");
  if (crc32(payload) != checksum) throw corrupt("its checksum does not match");
  return payload;
}

}  // namespace

void save_model(const Model& model, std::ostream& out, WeightStorage storage) {
  check_model(model);
  const std::string payload = save_payload(model, storage);
  std::string header(kMagic.begin(), kMagic.end());
  append_little_endian(header, kModelFormatVersion);
  append_little_endian(header, static_cast<std::uint64_t>(payload.size()));
  append_little_endian(
      header, crc32({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}));
  out.write(header.data(), static_cast<std::streamsize>(header.size()));
  out.write(payload.data(), static_cast<std::streamsize>(payload.size()));
  if (!out.flush()) {
    throw Error(ErrorCode::kIo, "cannot write the model '" + model.name +
                                    "': the disk is full or the file was closed");
  }
}

Model load_model(std::span<const std::uint8_t> bytes, const std::string& source,
                 WeightStorage* storage) {
  const auto payload = open_envelope(bytes, source);
  try {
    return load_payload(payload, storage);
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kOutOfMemory, source + ": not enough memory to load it");
  } catch (const std::exception& problem) {
    std::string text = problem.what();  // It may quote a name from the damaged file.
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
    throw Error(ErrorCode::kModelCorrupt, source + " is damaged: " + text + kFetchAgain);
  }
}

}  // namespace visavis
