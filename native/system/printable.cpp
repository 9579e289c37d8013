#include "native/system/printable.h"

#include <fmt/format.h>
#include <utf8.h>

#include <iterator>

namespace visavis {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string escaped_byte(char c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  }
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  return valid;
}

std::string printable(std::string_view text) {
  std::string line;
  for (const char c : valid_utf8(text)) line += is_control(c) ? escaped_byte(c) : std::string(1, c);
  return line;
}

std::string list_line(std::string_view name) {
  std::string line;
  auto invalid = utf8::find_invalid(name.begin(), name.end());
  for (auto at = name.begin(); at != name.end(); ++at) {
    if (at == invalid) {
      line += escaped_byte(*at);
      invalid = utf8::find_invalid(at + 1, name.end());
    } else if (is_control(*at)) {
      line += escaped_byte(*at);
    } else {
      line += *at == '\\' ? "\\\\" : std::string(1, *at);
    }
  }
  return line;
}

}  // namespace visavis
