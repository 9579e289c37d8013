#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace visavis {

/// Reads the lines of a text that are not empty, and counts them. Removes blanks and carriage
/// returns at their ends, and a byte order mark. The text must outlive the reader.
class LineReader {
 public:
  /// `source` names the text in messages.
  LineReader(std::string_view text, std::string source);

  std::optional<std::string_view> next();

  /// Throws kInvalidArgument: "source:line: rule".
  [[noreturn]] void fail(const std::string& rule) const;

 private:
  std::string_view text_;
  std::string source_;
  int number_ = 0;
};

}  // namespace visavis
