#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/geometry.h"
#include "core/image/image.h"
#include "core/model/embedder.h"
#include "core/model/model.h"
#include "core/rates/metrics.h"

namespace visavis {

/// The photos of people held out.
struct ValidationPhotos {
  std::vector<std::uint32_t> photo;    ///< In TrainingData::photos.
  std::vector<std::int32_t> identity;  ///< Of each photo, 0 or more.
};

/// A photo's crop at the network's input size, without augmentation. Called from several threads at
/// once.
using CropOfPhoto = std::function<FineImage(std::uint32_t photo)>;

/// Embeds photos (`model` folded, through XNNPACK on `threads` threads, 0: one per processor); the
/// embeddings do not depend on the number of threads. Throws as Embedder and `crop_of` do.
std::vector<Embedding> embed_crops(const Model& model, std::span<const std::uint32_t> photos,
                                   const CropOfPhoto& crop_of, int threads);

/// Verification among people held out, through the shipped Embedder.
struct ValidationResult {
  std::size_t images = 0;
  std::size_t identities = 0;
  double eer = 0;
  OperatingPoint at_1e2;  ///< FNMR at FMR 1e-2.
  OperatingPoint at_1e3;  ///< FNMR at FMR 1e-3; equal to at_1e2 where there are too few pairs.
  double positive_distance = 0;  ///< Means.
  double negative_distance = 0;
  /// Root mean square distance of the embeddings to their mean: near 0, the network has collapsed
  /// (every photo looks the same to it).
  double spread = 0;
  std::vector<LabelledPair> pairs;     ///< Genuine ones first; for DET curve and calibration.
  std::vector<Embedding> embeddings;   ///< One per photo, in ValidationPhotos' order.
  std::vector<std::int32_t> identity;  ///< Of each embedding.
};

/// Above this many pairs, impostor pairs are sampled.
inline constexpr std::size_t kMaxValidationPairs = 4'000'000;

/// Embeds every photo as embed_crops does and compares them as compare_embeddings does; throws as
/// both. The figures do not depend on the number of threads.
ValidationResult validate_verification(const Model& model, const ValidationPhotos& photos,
                                       const CropOfPhoto& crop_of, int threads, std::uint64_t seed);

/// Compares embeddings of unit length, all of one length, all with all. Genuine pairs are all kept;
/// impostor pairs are thinned to `most_pairs` in all (to a quarter of that at the least, where
/// genuine pairs abound): one drawn by `seed` from each of as many equal runs of them, so that
/// every two people are represented alike. Throws kInvalidArgument where there is no pair of one
/// person or none of different people, lengths differ, or an identity is negative.
ValidationResult compare_embeddings(std::vector<Embedding> embeddings,
                                    std::vector<std::int32_t> identity, int threads,
                                    std::uint64_t seed,
                                    std::size_t most_pairs = kMaxValidationPairs);

struct EpisodicPlan {
  std::size_t way = 5;
  std::size_t shot = 1;
  std::size_t queries = 5;
  std::size_t episodes = 600;
  std::uint64_t seed = 0;
  /// Of each identity, from 0: the classes of an episode are of one group, as large groups more
  /// often as they have more classes. Empty: all are one.
  std::vector<std::int32_t> group_of_identity;
};

/// Episodes among classes held out: nearest prototype (Snell et al. 2017), the mean of the
/// support's embeddings, by Euclidean distance; or, with a head for it, matching in full context.
struct EpisodicResult {
  double accuracy = 0;
  double ci95 = 0;  ///< Half the 95% interval of the mean over episodes.
  std::size_t episodes = 0, way = 0, shot = 0;
};
/// Classes with more than `shot` photos take part, groups with two of them or more; `way` is cut to
/// as many as there are in the smallest. Each class of an episode is asked about by `queries`
/// photos, or by what it has beyond its support. Classes and photos are drawn by `seed`. Throws
/// kInvalidArgument for a way below 2, no shots, queries or episodes, or no group with two classes
/// that are large enough; as FullContext does.
EpisodicResult validate_episodes(const ValidationResult& embedded, const EpisodicPlan& plan,
                                 const FewShotHead& head = {});

/// Throws kInvalidArgument as validate_episodes does, where it would for photos of these
/// identities.
void check_episodes(const EpisodicPlan& plan, const std::vector<std::int32_t>& identity);

/// A 2-D map of embeddings: their first two principal components, the plane that keeps most of the
/// squared distances.
struct EmbeddingMap {
  std::vector<Point> points;
  std::vector<std::int32_t> identity;
};
/// At most `most` points: whole people, those with the most photos first (of equals the lower
/// identity), leaving out who would not fit.
EmbeddingMap map_embeddings(const ValidationResult& result, std::size_t most);

}  // namespace visavis
