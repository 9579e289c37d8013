#include "native/system/text_lines.h"

#include <utility>

#include "core/base/error.h"

namespace visavis {

LineReader::LineReader(std::string_view text, std::string source)
    : text_(text), source_(std::move(source)) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text_.remove_prefix(kByteOrderMark.size());
  }
}

std::optional<std::string_view> LineReader::next() {
  while (!text_.empty()) {
    const std::size_t end = text_.find('\n');
    std::string_view line = text_.substr(0, end);
    text_ = end == std::string_view::npos ? std::string_view{} : text_.substr(end + 1);
    ++number_;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (!line.empty()) return line;
  }
  return std::nullopt;
}

void LineReader::fail(const std::string& rule) const {
  throw Error(ErrorCode::kInvalidArgument, source_ + ":" + std::to_string(number_) + ": " + rule);
}

}  // namespace visavis
