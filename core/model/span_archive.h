#pragma once

#include <algorithm>
#include <bit>
#include <cereal/cereal.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

namespace visavis {

/// Reads what a cereal::PortableBinaryOutputArchive wrote, from bytes that somebody else owns.
/// cereal's own PortableBinaryInputArchive reads from a std::istream, and the WebAssembly file would
/// carry the stream library with all its locales for that alone.
class SpanInputArchive
    : public cereal::InputArchive<SpanInputArchive, cereal::AllowEmptyClassElision> {
 public:
  /// Throws cereal::Exception where the first byte, which tells the byte order, is missing.
  explicit SpanInputArchive(std::span<const std::uint8_t> bytes)
      : InputArchive(this), bytes_(bytes) {
    std::uint8_t is_little_endian = 0;
    read(&is_little_endian, 1, 1);
    swaps_ = (is_little_endian != 0) != (std::endian::native == std::endian::little);
  }

  /// Reads `size` bytes, which are numbers of `width` bytes each. Throws cereal::Exception where
  /// fewer are left.
  void read(void* data, std::size_t size, std::size_t width) {
    if (size > bytes_.size()) {
      throw cereal::Exception("it ends " + std::to_string(size - bytes_.size()) +
                              " bytes too early");
    }
    auto* out = static_cast<std::uint8_t*>(data);
    std::copy_n(bytes_.data(), size, out);
    bytes_ = bytes_.subspan(size);
    if (!swaps_) return;
    for (std::size_t i = 0; i + width <= size; i += width) std::reverse(out + i, out + i + width);
  }

  [[nodiscard]] std::uint64_t left() const { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  bool swaps_ = false;
};

/// What cereal calls for numbers ..
template <class T>
requires std::is_arithmetic_v<T>
void load(SpanInputArchive& archive, T& value) { archive.read(&value, sizeof value, sizeof value); }

/// .. and for cereal::binary_data.
template <class T>
void load(SpanInputArchive& archive, cereal::BinaryData<T>& block) {
  archive.read(block.data, static_cast<std::size_t>(block.size), sizeof(std::remove_pointer_t<T>));
}

}  // namespace visavis
