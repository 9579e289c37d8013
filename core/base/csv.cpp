#include "core/base/csv.h"

#include <utility>

#include "core/base/error.h"

namespace visavis {

CsvReader::CsvReader(std::string_view text, std::string source)
    : text_(text), source_(std::move(source)) {
  // A byte order mark, as spreadsheets write it.
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

std::optional<std::vector<std::string>> CsvReader::next() {
  while (!text_.empty()) {
    line_ = next_line_;
    std::vector<std::string> fields{take_field()};
    while (!is_line_over_) fields.push_back(take_field());
    if (fields.size() > 1 || !fields.front().empty()) return fields;
  }
  return std::nullopt;
}

void CsvReader::fail(const std::string& rule) const {
  throw Error(ErrorCode::kInvalidArgument, source_ + ":" + std::to_string(line_) + ": " + rule);
}

char CsvReader::take() {
  const char c = text_.front();
  text_.remove_prefix(1);
  if (c == '\n') ++next_line_;
  return c;
}

std::string CsvReader::take_quoted() {
  std::string field;
  while (!text_.empty()) {
    const char c = take();
    if (c != '"') {
      field += c;
    } else if (!text_.empty() && text_.front() == '"') {
      field += take();
    } else {
      return field;
    }
  }
  fail("a quote is not closed");
}

std::string CsvReader::take_field() {
  std::string field;
  if (text_.starts_with('"')) {
    take();
    field = take_quoted();
  }
  const std::size_t kept = field.size();
  is_line_over_ = true;
  while (!text_.empty()) {
    const char c = take();
    if (c == '\n') break;
    if (c == ',') {
      is_line_over_ = false;
      return field;
    }
    if (c != '\r') field += c;
  }
  while (field.size() > kept && field.back() == ' ') field.pop_back();
  return field;
}

std::string csv_field(const std::string& value) {
  // A reader takes blanks at a line's end, and a byte order mark at a text's start, for no part of it.
  const bool is_plain = value.find_first_of(",\"\r\n") == std::string::npos &&
                        !value.ends_with(' ') && !value.starts_with("\xEF\xBB\xBF");
  if (is_plain) return value;
  std::string text = "\"";
  for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

}  // namespace visavis
