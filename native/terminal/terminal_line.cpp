#include "native/terminal/terminal_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace visavis {
namespace {

constexpr std::size_t kWidestBar = 28;
constexpr std::size_t kNarrowestBar = 8;
constexpr std::string_view kGap = "  ";

struct Range {
  char32_t first, last;
};

/// The wide and full-width blocks of Unicode's EastAsianWidth.txt, and the emoji.
constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0xA4CF},  Range{0xA960, 0xA97F},
                           Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE6F},
                           Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F},
                           Range{0x1F680, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

struct Character {
  std::size_t bytes;
  std::size_t columns;
};

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80; }

/// The first of `text`; what is no UTF-8 counts a column per byte.
Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length > text.size()) return {1, 1};
  char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return {1, 1};
    code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool is_wide = std::any_of(kWide.begin(), kWide.end(), [code](const Range& range) {
    return code >= range.first && code <= range.last;
  });
  return {length, is_wide ? 2U : 1U};
}

std::string bar_of(double share, std::size_t width) {
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < filled ? "━" : "╌";
  return bar;
}

}  // namespace

std::size_t terminal_columns() {
  winsize size{};
  const bool is_told = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_told ? size.ws_col : 80;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_of(text);
    columns += character.columns;
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t bytes = 0, used = 1;  // The ellipsis.
  while (bytes < text.size()) {
    const Character character = first_of(text.substr(bytes));
    if (used + character.columns > columns) break;
    used += character.columns;
    bytes += character.bytes;
  }
  return std::string(text.substr(0, bytes)) + "…";
}

std::string progress_line(const ProgressWords& words, double share, std::size_t columns) {
  // The last column stays free: in it some terminals wrap already.
  const std::size_t room = columns > 1 ? columns - 1 : 1;
  const std::string tail = words.note.empty() ? words.status : words.status + ", " + words.note;
  const std::size_t needed = columns_of(words.what) + 2 * kGap.size() + columns_of(tail);
  if (needed + kNarrowestBar <= room) {
    const std::string bar = bar_of(share, std::min(kWidestBar, room - needed));
    return fmt::format("{}{}{}{}{}", words.what, kGap, bar, kGap, tail);
  }
  return shortened(fmt::format("{}{}{}", words.what, kGap, tail), room);
}

std::string as_clock(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace visavis
