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

}  // namespace

std::vector<LossTerm> parse_loss_spec(const std::string& spec) {
  std::vector<LossTerm> terms;
  for (const std::string& text : split(spec, '+')) {
    LossTerm term = parse_named_options(text, "loss");
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
