#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace visavis {

/// Reads the records of a CSV text one by one (RFC 4180; a quoted field may hold line breaks).
/// Skips empty and blank lines, a byte order mark, carriage returns and blanks at a line's end. The
/// text must outlive the reader.
class CsvReader {
 public:
  /// `source` names the text in messages.
  CsvReader(std::string_view text, std::string source);

  /// The fields of the next record, without their quotes; nothing at the end of the text. Throws as
  /// fail does for a quote that is not closed.
  std::optional<std::vector<std::string>> next();

  /// Throws kInvalidArgument: "source:line: rule", with the line where the last record began, 0
  /// before the first.
  [[noreturn]] void fail(const std::string& rule) const;

 private:
  char take();
  std::string take_quoted();
  std::string take_field();

  std::string_view text_;
  std::string source_;
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
  bool is_line_over_ = false;
};

/// A field as CSV writes it: in quotes where it must be.
std::string csv_field(const std::string& value);

}  // namespace visavis
