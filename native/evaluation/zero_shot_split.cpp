#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "core/base/error.h"
#include "native/evaluation/zero_shot_evaluation.h"
#include "native/system/printable.h"
#include "native/system/random_source.h"

namespace visavis {

std::vector<std::uint8_t> unseen_by_name(const AttributeTable& table,
                                         const std::vector<std::string>& names) {
  std::vector<std::uint8_t> is_unseen(table.classes.size(), 0);
  for (const std::string& given : names) {
    const std::string name = valid_utf8(given);
    bool found = false;
    for (std::size_t c = 0; c < table.classes.size(); ++c) {
      if (table.classes[c] != name && !table.classes[c].starts_with(name + "/")) continue;
      is_unseen[c] = 1;
      found = true;
    }
    if (!found) {
      throw Error(ErrorCode::kInvalidArgument,
                  "--unseen " + name +
                      ": no described class of that name, and none in a folder of "
                      "it; name a class or the first part of its name");
    }
  }
  return is_unseen;
}

std::vector<std::uint8_t> unseen_by_share(const AttributeTable& table, double share, bool by_group,
                                          std::uint64_t seed) {
  if (!(share > 0 && share < 1)) {
    throw Error(ErrorCode::kInvalidArgument, "the share of unseen classes must be in 0..1");
  }
  const auto group_of = [&](const std::string& name) {
    return by_group ? name.substr(0, name.find('/')) : name;
  };
  std::vector<std::string> groups;
  for (const std::string& name : table.classes) groups.push_back(group_of(name));
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  std::mt19937_64 random(seed);
  const auto unseen = static_cast<std::size_t>(
      std::max(1L, std::lround(share * static_cast<double>(groups.size()))));
  draw_to_front(groups, unseen, random);
  groups.resize(unseen);
  std::vector<std::uint8_t> is_unseen;
  for (const std::string& name : table.classes) {
    is_unseen.push_back(std::find(groups.begin(), groups.end(), group_of(name)) != groups.end());
  }
  return is_unseen;
}

}  // namespace visavis
