#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/rates/rate.h"
#include "native/data/dataset.h"
#include "native/data/person_groups.h"
#include "native/embedding/photo_embedder.h"

namespace visavis {

/// Two photos of strangers that show one person after all.
struct DuplicatePhotos {
  std::size_t a = 0, b = 0;  ///< Of the photos that were given.
  double distance = 0;
};

/// Strangers who share a group in every attribute: origin and sex, say.
struct StrangerGroup {
  std::string name;  ///< "black female"
  std::size_t people = 0;
  std::vector<float> distances;  ///< Of all pairs within the group, rising.

  /// The lowest distance that must not match for a false match rate of at most `fmr`.
  [[nodiscard]] double threshold(double fmr) const;
};

/// One photo of one of the strangers.
struct StrangerPhoto {
  std::size_t photo = 0;             ///< Of the photos that were given.
  std::optional<std::size_t> group;  ///< Of AlikeStrangers::groups.
};

/// Distances between strangers who look alike more often than any two do: false matches are mostly
/// among them (Grother et al. 2019, NISTIR 8280, section 4).
struct AlikeStrangers {
  std::vector<StrangerPhoto> people;  ///< Everybody who has a value in every attribute, once.
  std::vector<StrangerGroup> groups;  ///< With kFewestStrangerPairs or more pairs, by name.
  std::vector<std::string> left_out;  ///< Names of those with fewer.
  std::vector<DuplicatePhotos> duplicates;

  /// The group with the lowest threshold for a false match rate. Throws kInvalidArgument unless
  /// there is a group, and where none has 1 / fmr pairs.
  [[nodiscard]] const StrangerGroup& worst(double fmr) const;
};

/// Fewer pairs say nothing of a false match rate of 1 in 1,000.
inline constexpr std::size_t kFewestStrangerPairs = 10'000;

/// Every two photos of strangers in one group. Each photo shows another person (identity_of), but
/// for those whose embeddings in `judges` are nearer than `same_person_below`, in whatever groups:
/// they count as duplicates, and the second of each is left out. So is a person with no value in an
/// attribute. `judges`, one a photo, may be `embedded` itself or those of several networks.
AlikeStrangers compare_alike_strangers(const PersonTable& table,
                                       const std::vector<PhotoRef>& photos,
                                       const std::vector<EmbeddedPhoto>& embedded,
                                       const std::vector<EmbeddedPhoto>& judges,
                                       double same_person_below);

/// Share of the group's pairs below the threshold. The interval takes pairs for independent.
Rate false_match_rate(const StrangerGroup& group, double threshold);

/// For people: a line a group, its false match rate at the threshold.
std::string to_text(const AlikeStrangers& strangers, double threshold);

}  // namespace visavis
