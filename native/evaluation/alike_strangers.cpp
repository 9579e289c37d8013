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

/// The place of the first of the people who is nearer to the photo than `same_person_below`.
std::optional<DuplicatePhotos> find_duplicate(const std::vector<StrangerPhoto>& people,
                                              const std::vector<EmbeddedPhoto>& judges,
                                              std::size_t photo, double same_person_below) {
  for (const StrangerPhoto& person : people) {
    const double between = distance(judges[person.photo].embedding, judges[photo].embedding);
    if (between < same_person_below) return DuplicatePhotos{person.photo, photo, between};
  }
  return std::nullopt;
}

StrangerGroup compare_group(const std::string& name, const std::vector<std::size_t>& photos,
                            const std::vector<EmbeddedPhoto>& embedded) {
  StrangerGroup group{name, photos.size(), {}};
  for (std::size_t i = 0; i < photos.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      group.distances.push_back(static_cast<float>(
          distance(embedded[photos[j]].embedding, embedded[photos[i]].embedding)));
    }
  }
  std::sort(group.distances.begin(), group.distances.end());
  return group;
}

}  // namespace

double StrangerGroup::threshold(double fmr) const {
  const auto allowed = static_cast<std::size_t>(allowed_false_matches(fmr, distances.size()));
  return distances[std::min(allowed, distances.size() - 1)];
}

const StrangerGroup& AlikeStrangers::worst(double fmr) const {
  const StrangerGroup* found = nullptr;
  for (const StrangerGroup& group : groups) {
    if (allowed_false_matches(fmr, group.distances.size()) < 1) continue;
    if (found == nullptr || group.threshold(fmr) < found->threshold(fmr)) found = &group;
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
                                       const std::vector<EmbeddedPhoto>& judges,
                                       double same_person_below) {
  AlikeStrangers strangers;
  std::map<std::string, std::vector<std::size_t>> people_of;  // Places in strangers.people.
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const std::optional<std::string> name =
        groups_of(table, identity_of(photos[i].dataset->images()[photos[i].image]));
    if (!name || !embedded[i].has_face() || !judges[i].has_face()) continue;
    if (auto found = find_duplicate(strangers.people, judges, i, same_person_below)) {
      strangers.duplicates.push_back(*found);
      continue;
    }
    people_of[*name].push_back(strangers.people.size());
    strangers.people.push_back({i, std::nullopt});
  }
  for (const auto& [name, people] : people_of) {
    if (people.size() * (people.size() - 1) / 2 < kFewestStrangerPairs) {
      strangers.left_out.push_back(name);
      continue;
    }
    std::vector<std::size_t> of_group;
    for (const std::size_t person : people) {
      strangers.people[person].group = strangers.groups.size();
      of_group.push_back(strangers.people[person].photo);
    }
    strangers.groups.push_back(compare_group(name, of_group, embedded));
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
