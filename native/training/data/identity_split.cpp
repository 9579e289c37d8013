#include "native/training/data/identity_split.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "native/training/data/random_order.h"
#include "native/training/loss.h"

namespace visavis {
namespace {

/// Uniform in 0..1 over folder names; the same in every run.
double place_of(const std::string& folder, std::uint64_t seed) {
  return static_cast<double>(mixed_hash(seed, folder) >> 11U) * 0x1p-53;
}

std::vector<std::size_t> usable_photos_per_identity(const TrainingData& data,
                                                    const ImageCache& cache) {
  std::vector<std::size_t> counts(data.identities.size());
  for (std::size_t photo = 0; photo < data.photos.size(); ++photo) {
    const std::int32_t identity = data.photos[photo].identity;
    if (identity != kUnlabelled && cache.has(photo)) ++counts[static_cast<std::size_t>(identity)];
  }
  return counts;
}

void check_share(double share) {
  if (share >= 0 && share < 1) return;
  throw Error(ErrorCode::kInvalidArgument,
              fmt::format("a validation share of {} is not in 0..1 (1 excluded)", share));
}

/// Who is to validate, usable photos or not.
std::vector<bool> held_out_identities(const TrainingData& data, const HeldOut& held_out,
                                      std::uint64_t seed) {
  if (!held_out.names.empty()) return identities_named(data, held_out.names, "--validate-on");
  check_share(held_out.share);
  std::vector<bool> is_out(data.identities.size());
  for (std::size_t i = 0; i < is_out.size(); ++i) {
    is_out[i] = place_of(data.folder(i), seed) < held_out.share;
  }
  return is_out;
}

void check_sides(const TrainingData& data, const IdentitySplit& split, const HeldOut& held_out) {
  const bool has_labels = std::any_of(data.sources.begin(), data.sources.end(),
                                      [](const DataSource& source) { return source.is_labelled; });
  if (has_labels && split.training_identities < 2) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("{} people with usable photos are left to train on, 2 or more are "
                            "needed: one folder per person, or {}",
                            split.training_identities,
                            held_out.names.empty()
                                ? fmt::format("a smaller validation share than {}", held_out.share)
                                : "fewer names in --validate-on"));
  }
  if (split.validation_identities >= 2) return;
  if (!held_out.names.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("--validate-on holds out {} people or classes with two usable photos "
                            "or more, 2 are needed: name more",
                            split.validation_identities));
  }
  if (held_out.share > 0) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("a validation share of {} holds out {} people with two usable photos "
                            "or more, 2 are needed: raise it, or set it to 0 to do without",
                            held_out.share, split.validation_identities));
  }
}

}  // namespace

IdentitySplit split_by_identity(const TrainingData& data, const ImageCache& cache,
                                const HeldOut& held_out, std::uint64_t seed) {
  const std::vector<bool> is_out = held_out_identities(data, held_out, seed);
  const std::vector<std::size_t> counts = usable_photos_per_identity(data, cache);
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
    if (!cache.has(photo)) continue;
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
