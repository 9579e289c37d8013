#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/embedder.h"
#include "core/metrics.h"
#include "core/model.h"
#include "native/training/data/identity_split.h"
#include "native/training/data/image_cache.h"

namespace visavis {

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
  std::vector<LabelledPair> pairs;     ///< All, for the DET curve and the calibration.
  std::vector<Embedding> embeddings;   ///< One per photo in split.validation.
  std::vector<std::int32_t> identity;  ///< Of each embedding.
};

/// Embeds every validation photo (plain crops, `model` folded and through XNNPACK) and compares
/// all pairs (sampled by seed above 4 million). Throws as Embedder does.
ValidationResult validate_verification(const Model& model, const TrainingData& data,
                                       const IdentitySplit& split, const ImageCache& cache,
                                       int threads);

/// Episodes among classes held out: nearest prototype, the mean of the support's embeddings.
struct EpisodicResult {
  double accuracy = 0;
  double ci95 = 0;  ///< Half the 95% interval over episodes.
  std::size_t episodes = 0, way = 0, shot = 0;
};
/// `way` is cut to the classes there are (at least 2). Throws kInvalidArgument.
EpisodicResult validate_episodes(const ValidationResult& embedded, std::size_t way,
                                 std::size_t shot, std::size_t queries, std::size_t episodes,
                                 std::uint64_t seed);

/// A 2-D map of embeddings (t-SNE, van der Maaten and Hinton 2008, exact, started from the first
/// two principal components so that it is the same every time); at most `most` points.
struct EmbeddingMap {
  std::vector<Point> points;
  std::vector<std::int32_t> identity;
};
EmbeddingMap map_embeddings(const ValidationResult& result, std::size_t most);

}  // namespace visavis
