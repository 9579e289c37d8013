#include "core/base/number_range.h"

#include <cmath>
#include <cstdint>

#include "core/base/error.h"
#include "core/base/parse_number.h"

namespace visavis {
namespace {

/// Whole limits in full, as 1000000 rather than 1e+06.
std::string limit_text(double limit) {
  constexpr double kExact = 9e15;
  constexpr double kBeyond64Bits = 18446744073709551616.0;
  if (limit == kBeyond64Bits) return "2^64 - 1";  // As near as a double comes to it.
  const bool is_whole = std::abs(limit) < kExact && limit == std::floor(limit);
  return is_whole ? std::to_string(static_cast<std::int64_t>(limit)) : number_text(limit);
}

}  // namespace

bool NumberRange::holds(double value) const {
  if (!std::isfinite(value)) return false;
  const bool is_high_enough = is_above_least ? value > least : value >= least;
  const bool is_low_enough = is_below_most ? value < most : value <= most;
  return is_high_enough && is_low_enough;
}

std::string NumberRange::in_words() const {
  const std::string low = limit_text(least);
  if (std::isinf(most)) return is_above_least ? "above " + low : "from " + low + " up";
  const std::string high = limit_text(most);
  if (is_above_least)
    return "above " + low + " and " + (is_below_most ? "below " : "at most ") + high;
  return "from " + low + " to " + (is_below_most ? "below " : "") + high;
}

std::string out_of_range_text(const NumberRange& range, const std::string& given, bool is_whole) {
  return std::string("must be a ") + (is_whole ? "whole " : "") + "number " + range.in_words() +
         ", not " + given;
}

void require_number(const std::string& name, double value, const NumberRange& range) {
  if (range.holds(value)) return;
  throw Error(ErrorCode::kInvalidArgument,
              name + " " + out_of_range_text(range, number_text(value)));
}

}  // namespace visavis
