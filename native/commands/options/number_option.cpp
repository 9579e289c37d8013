#include "native/commands/options/number_option.h"

#include <utility>

#include "core/base/parse_number.h"
#include "native/commands/options/number_or_word.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

/// The text that was given, short enough for a message.
std::string shortened(const std::string& text) {
  constexpr std::size_t kMaxShown = 20;
  return "'" + printable(text.substr(0, kMaxShown)) + (text.size() > kMaxShown ? ".." : "") + "'";
}

/// A whole number as text without sign or leading zeros, which CLI11 would take for octal; nothing
/// for one outside.
std::optional<std::string> whole_number_in(const NumberRange& range, const std::string& text) {
  const auto checked = [&](auto value) -> std::optional<std::string> {
    if (!range.holds(static_cast<double>(value))) return std::nullopt;
    return std::to_string(value);
  };
  if (const auto value = parse_whole_number<std::int64_t>(text)) return checked(*value);
  if (const auto value = parse_whole_number<std::uint64_t>(text)) return checked(*value);
  return std::nullopt;
}

}  // namespace

CLI::Validator number_check(const NumberRange& range) {
  const auto check = [range](std::string& text) -> std::string {
    const std::optional<double> value = parse_number(text);
    if (value && range.holds(*value)) return "";
    return out_of_range_text(range, shortened(text));
  };
  return {check, range.in_words(), kNumberCheck};
}

CLI::Validator number_or_word_check(const NumberRange& range, const std::string& word) {
  const auto check = [range, word](std::string& text) -> std::string {
    const std::optional<double> value = parse_number(text);
    if (text == word || (value && range.holds(*value))) return "";
    return out_of_range_text(range, shortened(text)) + "; or '" + word + "'";
  };
  return {check, range.in_words() + ", or " + word, kNumberCheck};
}

CLI::Validator whole_number_check(const NumberRange& range) {
  const auto check = [range](std::string& text) -> std::string {
    std::optional<std::string> number = whole_number_in(range, text);
    if (!number) return out_of_range_text(range, shortened(text), true);
    text = *std::move(number);
    return "";
  };
  return {check, range.in_words(), kNumberCheck};
}

CLI::Option* add_seed_option(CLI::App& command, std::uint64_t& seed, const std::string& help) {
  return add_number_option(command, "--seed", seed, {}, help);
}

}  // namespace visavis
