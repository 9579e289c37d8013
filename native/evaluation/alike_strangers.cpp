#include "native/evaluation/alike_strangers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/error.h"
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

/// Where the `allowed` + 1st smallest distance lies: below it there are at most `allowed`.
float threshold_of(const StrangerGroup& group, double fmr) {
  const auto allowed = static_cast<std::size_t>(fmr * static_cast<double>(group.distances.size()));
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

/// The first photo stays where two show one person.
std::vector<std::size_t> without_duplicates(const std::vector<std::size_t>& photos,
                                            const std::vector<EmbeddedPhoto>& embedded,
                                            double same_person_below,
                                            std::vector<DuplicatePhotos>& duplicates) {
  std::vector<std::size_t> kept;
  for (const std::size_t photo : photos) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&](std::size_t other) {
      return distance(embedded[other].embedding, embedded[photo].embedding) < same_person_below;
    });
    if (same == kept.end()) {
      kept.push_back(photo);
    } else {
      duplicates.push_back(
          {*same, photo, distance(embedded[*same].embedding, embedded[photo].embedding)});
    }
  }
  return kept;
}

std::vector<float> distances_among(const std::vector<std::size_t>& photos,
                                   const std::vector<EmbeddedPhoto>& embedded) {
  std::vector<float> distances;
  distances.reserve(photos.size() * (photos.size() - 1) / 2);
  for (std::size_t i = 0; i < photos.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      distances.push_back(static_cast<float>(
          distance(embedded[photos[i]].embedding, embedded[photos[j]].embedding)));
    }
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

}  // namespace

const StrangerGroup& AlikeStrangers::worst(double fmr) const {
  const StrangerGroup* found = nullptr;
  for (const StrangerGroup& group : groups) {
    if (fmr * static_cast<double>(group.distances.size()) < 1) continue;
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

void check_people_have_rows(const PersonTable& table, const std::vector<PhotoRef>& photos) {
  for (const PhotoRef& photo : photos) {
    const std::string& name = photo.dataset->images()[photo.image];
    if (table.people.count(identity_of(name)) > 0) continue;
    throw Error(ErrorCode::kInvalidArgument, table.source + ": nobody with the id '" +
                                                 identity_of(name) + "', who is on " + name);
  }
}

AlikeStrangers compare_alike_strangers(const PersonTable& table,
                                       const std::vector<PhotoRef>& photos,
                                       const std::vector<EmbeddedPhoto>& embedded,
                                       double same_person_below) {
  AlikeStrangers strangers;
  for (const auto& [name, of_group] : photos_by_group(table, photos, embedded)) {
    const std::vector<std::size_t> kept =
        without_duplicates(of_group, embedded, same_person_below, strangers.duplicates);
    if (kept.size() * (kept.size() - 1) / 2 < kFewestStrangerPairs) {
      strangers.left_out.push_back(name);
      continue;
    }
    strangers.groups.push_back({name, kept.size(), distances_among(kept, embedded)});
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
