#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace visavis {

/// The decimal number that the whole text is, "nan" and "inf" included; nothing for anything else.
/// std::from_chars would be the thing to use, but the C++ library of the WebAssembly build has none
/// for floating point. Takes the "C" locale, which is the program's as long as nobody sets another.
inline std::optional<double> parse_number(std::string_view text) {
  constexpr std::string_view kNoDecimal = " \t\r\n\v\fxX";  // strtod would skip or take these.
  if (text.empty() || text.find_first_of(kNoDecimal) != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  char* end = nullptr;
  const double value = std::strtod(terminated.c_str(), &end);
  if (end != terminated.c_str() + terminated.size()) return std::nullopt;
  return value;
}

}  // namespace visavis
