#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "native/data/training_data.h"
#include "native/preparation/image_cache.h"

namespace visavis {

/// Photos by whole people: nobody is in both parts.
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
  /// Whether the share may be exceeded, or nobody be held out, where people are few: nobody asked
  /// for this very share.
  bool adapts = false;
};

/// Whether a photo of the TrainingData can be used.
using HasPhoto = std::function<bool(std::size_t photo)>;

/// Fewer people with two photos or more, and an adapting share holds nobody out: validation and
/// training take two each.
inline constexpr std::size_t kFewestToHoldOutOf = 4;

/// Holds out those who are named or, where nobody is, about `held_out.share` (0..1) of each
/// source's people, chosen by a hash of seed and folder name, so that new photos, new people or
/// another place of the data move nobody from one side to the other. 0 holds nobody out. Where the
/// share adapts, two people with two photos at the least are held out and at most half of them, by
/// the same hash; of fewer than kFewestToHoldOutOf nobody. Throws kInvalidArgument for a share that
/// is not in 0..1, 1 excluded, or where a side is left with fewer than two people (training: unless
/// no source is labelled, as when a teacher explains photos of nobody in particular).
IdentitySplit split_by_identity(const TrainingData& data, const HasPhoto& has_photo,
                                const HeldOut& held_out, std::uint64_t seed);
/// Of the photos that the cache has.
IdentitySplit split_by_identity(const TrainingData& data, const ImageCache& cache,
                                const HeldOut& held_out, std::uint64_t seed);

}  // namespace visavis
