#include "native/training/data/identity_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/base/error.h"
#include "native/system/counted.h"
#include "native/training/data/random_order.h"

namespace visavis {
namespace {

/// Uniform in 0..1 over folder names; the same in every run.
double place_of(const std::string& folder, std::uint64_t seed) {
  return static_cast<double>(mixed_hash(seed, folder) >> 11U) * 0x1p-53;
}

std::vector<std::size_t> usable_photos_per_identity(const TrainingData& data,
                                                    const HasPhoto& has_photo) {
  std::vector<std::size_t> counts(data.identities.size());
  for (std::size_t photo = 0; photo < data.photos.size(); ++photo) {
    const std::int32_t identity = data.photos[photo].identity;
    if (identity != kUnlabelled && has_photo(photo)) ++counts[static_cast<std::size_t>(identity)];
  }
  return counts;
}

void check_share(double share) {
  if (share >= 0 && share < 1) return;
  throw Error(ErrorCode::kInvalidArgument,
              fmt::format("a validation share of {} is not in 0..1 (1 excluded)", share));
}

/// The share that holds out as many as validation needs and leaves training as many: between two
/// and half of those who have two photos.
double adapted_share(const TrainingData& data, double share, const std::vector<std::size_t>& counts,
                     std::uint64_t seed) {
  std::vector<double> places;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] >= 2) places.push_back(place_of(data.folder(i), seed));
  }
  if (places.size() < kFewestToHoldOutOf) return 0;
  std::sort(places.begin(), places.end());
  const auto at_share = std::lower_bound(places.begin(), places.end(), share) - places.begin();
  const auto out =
      std::clamp<std::ptrdiff_t>(at_share, 2, static_cast<std::ptrdiff_t>(places.size() / 2));
  if (out == at_share) return share;
  // Folders of one name in two sources have one place: they stay on one side.
  return std::nextafter(places[static_cast<std::size_t>(out - 1)], 2.0);
}

/// Who is to validate, usable photos or not.
std::vector<bool> held_out_identities(const TrainingData& data, const HeldOut& held_out,
                                      const std::vector<std::size_t>& counts, std::uint64_t seed) {
  if (!held_out.names.empty()) return identities_named(data, held_out.names, "--validate-on");
  check_share(held_out.share);
  const double share = held_out.adapts && held_out.share > 0
                           ? adapted_share(data, held_out.share, counts, seed)
                           : held_out.share;
  std::vector<bool> is_out(data.identities.size());
  for (std::size_t i = 0; i < is_out.size(); ++i) {
    is_out[i] = place_of(data.folder(i), seed) < share;
  }
  return is_out;
}

void check_sides(const TrainingData& data, const IdentitySplit& split, const HeldOut& held_out) {
  const bool has_labels = std::any_of(data.sources.begin(), data.sources.end(),
                                      [](const DataSource& source) { return source.is_labelled; });
  if (has_labels && split.training_identities < 2) {
    throw Error(
        ErrorCode::kInvalidArgument,
        fmt::format("{} with usable photos {} left to train on, 2 or more are needed: a "
                    "folder per person{}",
                    counted_people(split.training_identities),
                    split.training_identities == 1 ? "is" : "are",
                    !held_out.names.empty() ? ", or fewer names in --validate-on"
                    : held_out.adapts || held_out.share == 0
                        ? ""
                        : fmt::format(", or a smaller --held-out than {}", held_out.share)));
  }
  if (split.validation_identities >= 2) return;
  if (held_out.adapts && held_out.names.empty()) return;
  if (!held_out.names.empty()) {
    throw Error(
        ErrorCode::kInvalidArgument,
        fmt::format("--validate-on holds out {} with two usable photos or more, 2 are "
                    "needed: name more",
                    counted(split.validation_identities, "person or class", "people or classes")));
  }
  if (held_out.share > 0) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("--held-out {} holds out {} with two usable photos or more, 2 are "
                            "needed: raise it, set it to 0 to do without, or leave it out",
                            held_out.share, counted_people(split.validation_identities)));
  }
}

}  // namespace

IdentitySplit split_by_identity(const TrainingData& data, const ImageCache& cache,
                                const HeldOut& held_out, std::uint64_t seed) {
  return split_by_identity(
      data, [&cache](std::size_t photo) { return cache.has(photo); }, held_out, seed);
}

IdentitySplit split_by_identity(const TrainingData& data, const HasPhoto& has_photo,
                                const HeldOut& held_out, std::uint64_t seed) {
  const std::vector<std::size_t> counts = usable_photos_per_identity(data, has_photo);
  const std::vector<bool> is_out = held_out_identities(data, held_out, counts, seed);
  IdentitySplit split;
  split.label_of_identity.assign(data.identities.size(), kUnlabelled);
  std::vector<bool> is_validated(data.identities.size());
  for (std::size_t identity = 0; identity < counts.size(); ++identity) {
    if (counts[identity] == 0) continue;
    if (!is_out[identity]) {
      split.label_of_identity[identity] = static_cast<std::int32_t>(split.training_identities++);
      if (counts[identity] == 1) ++split.training_identities_with_one_photo;
    } else if (counts[identity] >= 2) {
      is_validated[identity] = true;
      ++split.validation_identities;
    } else {
      ++split.held_out_identities_with_one_photo;
    }
  }
  check_sides(data, split, held_out);
  for (std::uint32_t photo = 0; photo < data.photos.size(); ++photo) {
    if (!has_photo(photo)) continue;
    const std::int32_t identity = data.photos[photo].identity;
    const auto i = static_cast<std::size_t>(identity);
    if (identity == kUnlabelled || split.label_of_identity[i] != kUnlabelled) {
      split.training.push_back(photo);
    } else if (is_validated[i]) {
      split.validation.push_back(photo);
    }
  }
  return split;
}

}  // namespace visavis
