#pragma once

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace visavis {

/// The finite decimal number that the whole text is, as "0.25", "-3" or "1e-4". Nothing for
/// anything else: blanks, hexadecimal, "nan", "inf", a number beyond what a double holds. Not
/// std::from_chars: the C++ library of the WebAssembly build lacks it for floating point. Relies on
/// the "C" locale, which holds unless the program sets another.
inline std::optional<double> parse_number(std::string_view text) {
  // strtod takes more than a decimal number: blanks, "0x1p3", "infinity", "nan(7)".
  constexpr std::string_view kDecimal = "0123456789+-.eE";
  if (text.empty() || text.find_first_not_of(kDecimal) != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string terminated(text);
  char* end = nullptr;
  const double value = std::strtod(terminated.c_str(), &end);
  if (end != terminated.c_str() + terminated.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// The decimal whole number that the whole text is; nothing for anything else, or one beyond what
/// the type holds.
template <class Whole>
std::optional<Whole> parse_whole_number(std::string_view text) {
  Whole value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// A number as a message shows it, to six digits: "0.25", "1e+300", "nan".
inline std::string number_text(double value) {
  if (std::isnan(value)) return "nan";  // Whatever its sign bit.
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

}  // namespace visavis
