#include "native/evaluation/alike_strangers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/rates/allowed_false_matches.h"
#include "core/rates/metrics.h"

namespace visavis {
namespace {

/// Nothing for somebody who has no value in one of the attributes.
std::optional<std::string> group_name(const PersonTable& table, const std::string& person) {
  std::string name;
  for (const PersonAttribute& attribute : table.attributes) {
    const auto found = attribute.group_of.find(person);
    if (found == attribute.group_of.end()) return std::nullopt;
    name += (name.empty() ? "" : " ") + attribute.groups[found->second];
  }
  return name;
}

/// Where the first distance lies that may not match any more.
float threshold_of(const StrangerGroup& group, double fmr) {
  const auto allowed = static_cast<std::size_t>(allowed_false_matches(fmr, group.distances.size()));
  return group.distances[std::min(allowed, group.distances.size() - 1)];
}

std::map<std::string, std::vector<std::size_t>> photos_by_group(
    const PersonTable& table, const std::vector<PhotoRef>& photos,
    const std::vector<EmbeddedPhoto>& embedded) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const std::optional<std::string> name =
        group_name(table, identity_of(photos[i].dataset->images()[photos[i].image]));
    if (name && embedded[i].has_face()) groups[*name].push_back(i);
  }
  return groups;
}

/// All pairs of a group's photos. Where two show one person the first stays, the other joins the
/// duplicates.
StrangerGroup compare_group(const std::string& name, const std::vector<std::size_t>& photos,
                            const std::vector<EmbeddedPhoto>& embedded, double same_person_below,
                            std::vector<DuplicatePhotos>& duplicates) {
  StrangerGroup group{name, 0, {}};
  std::vector<std::size_t> kept;
  for (const std::size_t photo : photos) {
    std::vector<float> to_kept;
    for (const std::size_t other : kept) {
      const double between = distance(embedded[other].embedding, embedded[photo].embedding);
      if (between < same_person_below) {
        duplicates.push_back({other, photo, between});
        break;
      }
      to_kept.push_back(static_cast<float>(between));
    }
    if (to_kept.size() < kept.size()) continue;
    kept.push_back(photo);
    group.distances.insert(group.distances.end(), to_kept.begin(), to_kept.end());
  }
  group.people = kept.size();
  std::sort(group.distances.begin(), group.distances.end());
  return group;
}

}  // namespace

const StrangerGroup& AlikeStrangers::worst(double fmr) const {
  const StrangerGroup* found = nullptr;
  for (const StrangerGroup& group : groups) {
    if (allowed_false_matches(fmr, group.distances.size()) < 1) continue;
    if (found == nullptr || threshold_of(group, fmr) < threshold_of(*found, fmr)) found = &group;
  }
  if (found == nullptr) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("no group of strangers has enough pairs to tell an FMR of {}; give "
                            "more photos, or fewer columns to group them by",
                            fmr));
  }
  return *found;
}

AlikeStrangers compare_alike_strangers(const PersonTable& table,
                                       const std::vector<PhotoRef>& photos,
                                       const std::vector<EmbeddedPhoto>& embedded,
                                       double same_person_below) {
  AlikeStrangers strangers;
  for (const auto& [name, of_group] : photos_by_group(table, photos, embedded)) {
    StrangerGroup group =
        compare_group(name, of_group, embedded, same_person_below, strangers.duplicates);
    if (group.distances.size() < kFewestStrangerPairs) {
      strangers.left_out.push_back(name);
    } else {
      strangers.groups.push_back(std::move(group));
    }
  }
  return strangers;
}

Rate false_match_rate(const StrangerGroup& group, double threshold) {
  return rate_with_interval(count_below(group.distances, threshold), group.distances.size());
}

std::string to_text(const AlikeStrangers& strangers, double threshold) {
  std::string text = fmt::format("{:28} {:>6} {:>9}  FMR below {:.4f}\n", "strangers of one group",
                                 "people", "pairs", threshold);
  for (const StrangerGroup& group : strangers.groups) {
    const Rate rate = false_match_rate(group, threshold);
    text += fmt::format("{:28} {:6} {:9}  {:.5f} ({:.5f} to {:.5f})\n", group.name, group.people,
                        group.distances.size(), rate.value, rate.low, rate.high);
  }
  for (const std::string& name : strangers.left_out) {
    text += fmt::format("{:28} left out: fewer than {} pairs\n", name, kFewestStrangerPairs);
  }
  if (!strangers.duplicates.empty()) {
    text += fmt::format("{} photos left out: the same person as another one\n",
                        strangers.duplicates.size());
  }
  return text;
}

}  // namespace visavis
