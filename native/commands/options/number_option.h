#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/base/number_range.h"

namespace visavis {

/// The name of the validator that every option of numbers has; a test looks for it.
inline constexpr const char* kNumberCheck = "number";

/// CLI11 itself accepts "nan", "inf", hexadecimal and octal numbers, and reads a count of -5 as
/// 2^64 - 5. These checks run first. They refuse, in one line, what is no decimal number in the
/// range, and pass the number on.
CLI::Validator number_check(const NumberRange& range);
CLI::Validator whole_number_check(const NumberRange& range);

namespace number_option_detail {
template <class T>
struct ElementOf {
  using Type = T;
};
template <class T>
struct ElementOf<std::optional<T>> {
  using Type = T;
};
template <class T>
struct ElementOf<std::vector<T>> {
  using Type = T;
};
}  // namespace number_option_detail

/// Adds an option that takes a number of the range, or several (a vector). `value` outlives the
/// parse. Where a range of whole numbers has no upper end, the type's largest value is its end.
template <class T>
CLI::Option* add_number_option(CLI::App& command, const std::string& name, T& value,
                               const NumberRange& range, const std::string& help) {
  using Number = typename number_option_detail::ElementOf<T>::Type;
  CLI::Option* option = command.add_option(name, value, help);
  if constexpr (std::is_integral_v<Number>) {
    NumberRange held = range;
    held.most = std::min(held.most, static_cast<double>(std::numeric_limits<Number>::max()));
    return option->transform(whole_number_check(held), kNumberCheck);
  } else {
    return option->transform(number_check(range), kNumberCheck);
  }
}

/// A seed of random draws: any whole number that 64 bits hold.
CLI::Option* add_seed_option(CLI::App& command, std::uint64_t& seed, const std::string& help);

}  // namespace visavis
