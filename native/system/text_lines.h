#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace visavis {

/// Goes through the lines of a text that are not empty, knowing their numbers. Blanks and carriage
/// returns at their ends are left out, and so is a byte order mark. The text must outlive it.
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
