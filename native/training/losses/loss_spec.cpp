#include "native/training/losses/loss_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/base/error.h"
#include "core/base/parse_number.h"

namespace visavis {
namespace {

/// "a, b, c". (GCC 12 warns falsely of an overflow in fmt::join at -O3.)
std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// "a,,b" has three parts, "" has one.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

LossTerm parse_term(const std::string& text, const std::string& spec) {
  const std::size_t colon = text.find(':');
  LossTerm term{text.substr(0, colon), {}};
  if (term.name.empty()) {
    refuse(fmt::format("loss '{}': a name is missing; write NAME[:KEY=VALUE,..][+NAME..]", spec));
  }
  if (colon == std::string::npos) return term;
  for (const std::string& option : split(text.substr(colon + 1), ',')) {
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == option.size()) {
      refuse(fmt::format("loss '{}': option '{}' is not KEY=VALUE", term.name, option));
    }
    const std::string key = option.substr(0, equals);
    for (const auto& [other, value] : term.options) {
      if (other == key)
        refuse(fmt::format("loss '{}': option '{}' is given twice", term.name, key));
    }
    term.options.emplace_back(key, option.substr(equals + 1));
  }
  return term;
}

}  // namespace

std::vector<LossTerm> parse_loss_spec(const std::string& spec) {
  std::vector<LossTerm> terms;
  for (const std::string& text : split(spec, '+')) {
    LossTerm term = parse_term(text, spec);
    for (const LossTerm& other : terms) {
      if (other.name == term.name) {
        refuse(fmt::format("loss '{}' is given twice; join them and set its weight", term.name));
      }
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

const std::string* LossOptions::find(const std::string& key) {
  known_.push_back(key);
  for (const auto& [name, value] : term_.options) {
    if (name == key) return &value;
  }
  return nullptr;
}

void LossOptions::refuse_value(const std::string& key, const std::string& value,
                               const std::string& allowed) const {
  refuse(fmt::format("loss '{}': {}={} is not {}", term_.name, key, value, allowed));
}

double LossOptions::number(const std::string& key, double otherwise, double least, double most) {
  const std::string* text = find(key);
  if (text == nullptr) return otherwise;
  const std::optional<double> value = parse_number(*text);
  if (!value || *value < least || *value > most) {
    refuse_value(key, *text, fmt::format("a number from {} to {}", least, most));
  }
  return *value;
}

std::size_t LossOptions::count(const std::string& key, std::size_t otherwise, std::size_t most) {
  const std::string* text = find(key);
  if (text == nullptr) return otherwise;
  const auto value = parse_whole_number<std::size_t>(*text);
  if (!value || *value > most) {
    refuse_value(key, *text, fmt::format("a whole number from 0 to {}", most));
  }
  return *value;
}

std::size_t LossOptions::choice(const std::string& key, const std::vector<std::string>& words) {
  const std::string* text = find(key);
  if (text == nullptr) return 0;
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found == words.end()) refuse_value(key, *text, "one of " + listed(words));
  return static_cast<std::size_t>(found - words.begin());
}

bool LossOptions::is(const std::string& key, const std::string& value) const {
  const std::pair<std::string, std::string> wanted(key, value);
  return std::find(term_.options.begin(), term_.options.end(), wanted) != term_.options.end();
}

void LossOptions::check_all_known() const {
  for (const auto& [key, value] : term_.options) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    refuse(fmt::format("loss '{}' has no option '{}'; it has {}", term_.name, key, listed(known_)));
  }
}

}  // namespace visavis
