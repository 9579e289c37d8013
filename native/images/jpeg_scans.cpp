#include "native/images/jpeg_scans.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace visavis {
namespace {

constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kStartOfScan = 0xDA;
constexpr std::uint8_t kProgressiveFrame = 0xC2;
constexpr std::size_t kCoefficients = 64;

/// One component, and how many low bits of each coefficient are still to come.
struct Component {
  static constexpr int kNothingSent = 99;

  std::uint8_t id = 0;
  std::array<int, kCoefficients> missing_bits{};
};

bool is_parameterless(std::uint8_t marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

/// SOF0 to SOF15 without DHT, JPG and DAC.
bool is_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Of a frame header: its marker, the bits of a sample and the number of components.
const char* rare_kind_of(std::uint8_t marker, int precision, std::size_t components) {
  if (marker >= 0xC9) return "arithmetic coding";
  if (marker == 0xC3) return "lossless";
  if (marker >= 0xC5) return "hierarchical";
  if (precision != 8) return "not 8 bits to a sample";
  if (components != 1 && components != 3 && components != 4) return "not 1, 3 or 4 components";
  return nullptr;
}

class Walker {
 public:
  explicit Walker(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  JpegScans walk() {
    std::size_t at = 2;  // Behind the start marker.
    while (true) {
      at = next_marker(at, false);
      if (at + 2 > bytes_.size()) return end_at(bytes_.size());
      const std::uint8_t marker = bytes_[at + 1];
      if (marker == kEndOfImage) {
        scans_.has_end_marker = true;
        return end_at(at);
      }
      at += 2;
      if (is_parameterless(marker)) continue;
      const auto segment = segment_at(at);
      if (is_frame(marker)) read_frame(marker, segment);
      at += 2 + segment.size();
      if (marker != kStartOfScan) continue;
      read_scan(segment);
      at = next_marker(std::min(at, bytes_.size()), true);
      // With the last bit sent, whatever follows is no part of the picture.
      if (is_complete()) {
        scans_.has_end_marker = at + 2 <= bytes_.size() && bytes_[at + 1] == kEndOfImage;
        count_needless_scans(at);
        return end_at(at);
      }
    }
  }

 private:
  /// Only files that are made to take long go on with scans when all has been sent.
  void count_needless_scans(std::size_t at) {
    constexpr std::array<std::uint8_t, 4> kOfScans{0xC4, 0xDB, 0xDD, kStartOfScan};
    while (at + 4 <= bytes_.size()) {
      const std::uint8_t marker = bytes_[at + 1];
      if (std::find(kOfScans.begin(), kOfScans.end(), marker) == kOfScans.end()) return;
      at = std::min(at + 4 + segment_at(at + 2).size(), bytes_.size());
      if (marker == kStartOfScan) ++scans_.count;
      at = next_marker(at, true);
    }
  }

  /// Where the next marker stands, or the end. Within a scan, restart markers are data.
  [[nodiscard]] std::size_t next_marker(std::size_t from, bool in_scan) const {
    for (std::size_t at = from; at + 1 < bytes_.size(); ++at) {
      const void* found = std::memchr(bytes_.data() + at, 0xFF, bytes_.size() - 1 - at);
      if (found == nullptr) break;
      at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes_.data());
      const std::uint8_t next = bytes_[at + 1];
      const bool is_restart = next >= 0xD0 && next <= 0xD7;
      if (next != 0 && next != 0xFF && !(in_scan && is_restart)) return at;
    }
    return bytes_.size();
  }

  /// Without its length; cut off where the file ends.
  [[nodiscard]] std::span<const std::uint8_t> segment_at(std::size_t at) const {
    if (at + 2 > bytes_.size()) return {};
    const std::size_t length = bytes_[at] * 256U + bytes_[at + 1];
    if (length < 2) return {};
    return bytes_.subspan(at + 2, std::min(length - 2, bytes_.size() - at - 2));
  }

  /// Precision, height, width, then three bytes for each component.
  void read_frame(std::uint8_t marker, std::span<const std::uint8_t> segment) {
    components_.clear();
    is_progressive_ = marker == kProgressiveFrame;
    for (std::size_t at = 6; at + 3 <= segment.size(); at += 3) {
      Component component{.id = segment[at]};
      component.missing_bits.fill(Component::kNothingSent);
      components_.push_back(component);
    }
    if (!segment.empty()) {
      scans_.rare_kind = rare_kind_of(marker, segment[0], components_.size());
    }
  }

  /// Their number, two bytes for each component, then first and last coefficient and the bits.
  void read_scan(std::span<const std::uint8_t> segment) {
    ++scans_.count;
    const std::size_t described = segment.empty() ? 0 : segment[0];
    const std::size_t tail = 1 + 2 * described;
    if (segment.size() < tail + 3) return;
    // A sequential scan sends all of a block; some encoders fill in nonsense here.
    const std::size_t first = is_progressive_ ? segment[tail] : 0;
    const std::size_t last = is_progressive_
                                 ? std::min<std::size_t>(segment[tail + 1], kCoefficients - 1)
                                 : kCoefficients - 1;
    const int missing_bits = is_progressive_ ? segment[tail + 2] & 0x0F : 0;
    for (std::size_t i = 0; i < described; ++i) {
      for (Component& component : components_) {
        if (component.id != segment[1 + 2 * i]) continue;
        for (std::size_t k = first; k <= last; ++k) component.missing_bits[k] = missing_bits;
      }
    }
  }

  [[nodiscard]] bool is_complete() const {
    return !components_.empty() &&
           std::all_of(components_.begin(), components_.end(), [](const Component& component) {
             return std::all_of(component.missing_bits.begin(), component.missing_bits.end(),
                                [](int bits) { return bits == 0; });
           });
  }

  JpegScans end_at(std::size_t end) {
    scans_.end = end;
    const bool has_all_components =
        !components_.empty() &&
        std::all_of(components_.begin(), components_.end(), [](const Component& component) {
          return component.missing_bits[0] != Component::kNothingSent;
        });
    scans_.covers_image = scans_.has_end_marker ? has_all_components : is_complete();
    return scans_;
  }

  std::span<const std::uint8_t> bytes_;
  std::vector<Component> components_;
  bool is_progressive_ = false;
  JpegScans scans_;
};

}  // namespace

JpegScans find_jpeg_scans(std::span<const std::uint8_t> bytes) { return Walker(bytes).walk(); }

}  // namespace visavis
