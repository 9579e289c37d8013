#include "native/training/data/class_draw.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "core/base/error.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

std::vector<double> weights_of(const std::vector<SourceClasses>& sources) {
  std::vector<double> weights;
  weights.reserve(sources.size());
  for (const SourceClasses& source : sources) weights.push_back(source.weight);
  return weights;
}

void check_total(const std::vector<SourceClasses>& sources, std::size_t rotations,
                 std::size_t per_batch, const std::string& lack) {
  std::size_t total = 0;
  for (const SourceClasses& source : sources) total += source.classes.size() * rotations;
  if (total >= per_batch && total > 0) return;
  throw Error(
      ErrorCode::kInvalidArgument,
      fmt::format("a batch is to show {}, and {} can be used (others have {}); ask for fewer "
                  "or add data",
                  counted(per_batch, "person or class", "people or classes"), total, lack));
}

void check_source(const SourceClasses& source, std::size_t rotations, std::size_t most,
                  bool is_of_one_source, const std::string& lack) {
  const std::size_t classes = source.classes.size() * rotations;
  if (classes >= most) return;
  if (is_of_one_source) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("{}: a batch within it is to show {}, and {} can be used (others have "
                            "{}); ask for fewer, or leave it out",
                            source.name, counted(most, "class", "classes"), classes, lack));
  }
  throw Error(ErrorCode::kInvalidArgument,
              fmt::format("{}: a share of {} puts {} of its people or classes into a batch, and it "
                          "has {} (others have {}); lower its share or make batches smaller",
                          source.name, source.weight, most, classes, lack));
}

}  // namespace

std::vector<SourceClasses> classes_with(const TrainingData& data, const IdentitySplit& split,
                                        std::size_t photos) {
  std::map<std::uint32_t, std::map<std::int32_t, std::vector<std::uint32_t>>> found;
  for (std::uint32_t source = 0; source < data.sources.size(); ++source) {
    if (data.sources[source].is_labelled) found[source];  // Also where nobody is left.
  }
  for (const std::uint32_t photo : split.training) {
    const TrainingPhoto& place = data.photos[photo];
    if (place.identity == kUnlabelled) continue;
    const auto label = split.label_of_identity[static_cast<std::size_t>(place.identity)];
    found[place.source][label].push_back(photo);
  }
  std::vector<SourceClasses> sources;
  for (auto& [source, photos_of_label] : found) {
    sources.push_back({data.sources[source].location, data.sources[source].weight, {}});
    for (auto& [label, of_label] : photos_of_label) {
      if (of_label.size() < photos) continue;
      sources.back().classes.push_back({label, std::move(of_label)});
    }
  }
  return sources;
}

std::vector<SourceClasses> classes_by_parent(const TrainingData& data, const IdentitySplit& split,
                                             std::size_t photos) {
  std::map<std::int32_t, std::size_t> identity_of_label;
  for (std::size_t i = 0; i < split.label_of_identity.size(); ++i) {
    identity_of_label[split.label_of_identity[i]] = i;
  }
  std::vector<SourceClasses> parents;
  for (SourceClasses& source : classes_with(data, split, photos)) {
    std::map<std::string, std::vector<PhotoClass>> found;
    const auto all = static_cast<double>(source.classes.size());
    for (PhotoClass& photo_class : source.classes) {
      const std::size_t identity = identity_of_label.at(photo_class.label);
      found[data.parent(identity)].push_back(std::move(photo_class));
    }
    for (auto& [parent, classes] : found) {
      const double share = static_cast<double>(classes.size()) / all;
      parents.push_back({parent, source.weight * share, std::move(classes)});
    }
  }
  return parents;
}

ClassDraw::ClassDraw(std::vector<SourceClasses> sources, const Plan& plan, std::uint64_t seed,
                     const std::string& lack)
    : sources_(std::move(sources)),
      rotations_(plan.has_rotated_classes ? 4 : 1),
      together_(plan.is_of_one_source ? plan.per_batch : 1),
      seed_(seed),
      shares_(plan.is_of_one_source ? 1 : plan.per_batch, weights_of(sources_)) {
  check_total(sources_, rotations_, plan.per_batch, lack);
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    const std::size_t most = shares_.most(s) * together_;
    check_source(sources_[s], rotations_, most, plan.is_of_one_source, lack);
    orders_.emplace_back(sources_[s].classes.size() * rotations_, most, mixed_hash(seed, s));
  }
}

std::vector<ClassDraw::Turn> ClassDraw::draw(std::uint64_t step) {
  const std::vector<std::uint64_t> begin = shares_.before(step);
  const std::vector<std::uint64_t> end = shares_.before(step + 1);
  std::vector<Turn> turns;
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    for (std::uint64_t position = begin[s] * together_; position < end[s] * together_; ++position) {
      const std::size_t number = orders_[s].at(position);
      turns.push_back({&sources_[s].classes[number / rotations_],
                       static_cast<std::uint8_t>(number % rotations_),
                       position / orders_[s].count(),
                       mixed_hash(mixed_hash(seed_, "photos"), mixed_hash(s, number))});
    }
  }
  // Else each rank of a distributed run would see the sources that its part of the batch falls on.
  std::mt19937_64 random(mixed_hash(mixed_hash(seed_, "rows"), step));
  shuffle(turns, random);
  return turns;
}

std::size_t ClassDraw::photos() const {
  std::size_t count = 0;
  for (const SourceClasses& source : sources_) {
    for (const PhotoClass& photo_class : source.classes) count += photo_class.photos.size();
  }
  return count * rotations_;
}

}  // namespace visavis
