#pragma once

#include <string>
#include <vector>

#include "native/system/named_options.h"

namespace visavis {

/// One loss of a spec: "triplet:margin=0.3,mining=batch-hard".
using LossTerm = NamedOptions;

/// Parses "NAME[:KEY=VALUE[,KEY=VALUE..]][+NAME..]". Throws as parse_named_options, and for a name
/// given twice.
std::vector<LossTerm> parse_loss_spec(const std::string& spec);

/// Reads the options of one term; what was asked for is what the loss knows. All throw
/// kInvalidArgument, naming loss, option, value and what is allowed.
class LossOptions {
 public:
  explicit LossOptions(const LossTerm& term) : term_(term) {}

  /// A finite number, `least` <= number <= `most`.
  double number(const std::string& key, double otherwise, double least, double most);
  /// The same, a whole one.
  std::size_t count(const std::string& key, std::size_t otherwise, std::size_t most);
  /// The position in `words` of the option's value; of its first word where it is not given.
  std::size_t choice(const std::string& key, const std::vector<std::string>& words);
  [[nodiscard]] bool is(const std::string& key, const std::string& value) const;
  /// Call last: throws for an option that nobody asked for.
  void check_all_known() const;

 private:
  const std::string* find(const std::string& key);
  [[noreturn]] void refuse_value(const std::string& key, const std::string& value,
                                 const std::string& allowed) const;

  const LossTerm& term_;
  std::vector<std::string> known_;
};

}  // namespace visavis
