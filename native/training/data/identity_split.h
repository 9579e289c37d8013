#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "native/data/training_data.h"
#include "native/preparation/image_cache.h"

namespace visavis {

/// Photos split by people: nobody is in both parts.
struct IdentitySplit {
  std::vector<std::uint32_t> training;    ///< Photos; unlabelled ones among them.
  std::vector<std::uint32_t> validation;  ///< Photos of people with two usable ones or more.
  /// Training label of each identity (0.. without gaps), kUnlabelled for those held out or without
  /// a usable photo.
  std::vector<std::int32_t> label_of_identity;
  std::size_t training_identities = 0;
  std::size_t validation_identities = 0;
  /// People who train with a single photo: they have no positive pair, losses with a class per
  /// person can use them.
  std::size_t training_identities_with_one_photo = 0;
  /// People held out who have a single usable photo: they are in neither part, since they cannot
  /// be verified and must not be trained on.
  std::size_t held_out_identities_with_one_photo = 0;
};

/// Who is held out to validate on.
struct HeldOut {
  double share = 0.1;  ///< Of each source's people.
  /// Instead: the people or classes of these names (identities_named).
  std::vector<std::string> names;
  /// Whether the share is a default: where people are few, more of them may be held out, or nobody.
  bool adapts = false;
};

/// Whether a photo of the TrainingData can be used.
using HasPhoto = std::function<bool(std::size_t photo)>;

/// With fewer people who have two photos or more, a default share holds nobody out: validation and
/// training need two people each.
inline constexpr std::size_t kFewestToHoldOutOf = 4;

/// Holds out the named people or, without names, about `held_out.share` (0..1) of each source's
/// people. A hash of seed and folder name chooses them, so that new photos, new people or another
/// place of the data move nobody from one side to the other. 0 holds nobody out. Where the share
/// adapts, the same hash holds out at least two people with two photos and at most half of these;
/// nobody of fewer than kFewestToHoldOutOf. Throws kInvalidArgument for a share that is not in
/// 0..1, 1 excluded, or where a side is left with fewer than two people (for training: unless no
/// source is labelled, as in distillation).
IdentitySplit split_by_identity(const TrainingData& data, const HasPhoto& has_photo,
                                const HeldOut& held_out, std::uint64_t seed);
/// Splits the photos that the cache holds.
IdentitySplit split_by_identity(const TrainingData& data, const ImageCache& cache,
                                const HeldOut& held_out, std::uint64_t seed);

}  // namespace visavis
