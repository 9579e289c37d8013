#include "native/training/run/validation.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/rates/allowed_false_matches.h"
#include "native/system/processors.h"
#include "native/system/thread_pool.h"
#include "native/training/run/pair_sampling.h"

namespace visavis {
namespace {

/// Photos per run of the network: enough for XNNPACK's tiles, small enough for its buffers to stay
/// in the cache.
constexpr std::size_t kBatch = 16;

/// The FMRs of ValidationResult.
constexpr double kHighFmr = 1e-2;
constexpr double kLowFmr = 1e-3;

void check_labels(std::size_t photos, const std::vector<std::int32_t>& identity) {
  if (photos != identity.size()) {
    throw Error(ErrorCode::kInvalidArgument, "validation: " + std::to_string(photos) +
                                                 " photos with " + std::to_string(identity.size()) +
                                                 " identities; each photo needs one");
  }
  if (std::any_of(identity.begin(), identity.end(), [](std::int32_t i) { return i < 0; })) {
    throw Error(ErrorCode::kInvalidArgument,
                "validation: an unlabelled photo; leave unlabelled photos out");
  }
}

double mean_of(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Root mean square distance to the mean.
double spread_of(const std::vector<Embedding>& embeddings) {
  std::vector<double> mean(embeddings.front().size());
  const auto count = static_cast<double>(embeddings.size());
  for (const Embedding& embedding : embeddings) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += embedding[i] / count;
  }
  double squares = 0;
  for (const Embedding& embedding : embeddings) {
    for (std::size_t i = 0; i < mean.size(); ++i) squares += std::pow(embedding[i] - mean[i], 2);
  }
  return std::sqrt(squares / count);
}

void append_pairs(std::vector<LabelledPair>& pairs, const std::vector<float>& distances,
                  bool is_genuine) {
  for (const float distance : distances) pairs.push_back({distance, is_genuine, true, -1});
}

}  // namespace

std::vector<Embedding> embed_crops(const Model& model, std::span<const std::uint32_t> photos,
                                   const CropOfPhoto& crop_of, int threads) {
  ThreadPool pool(thread_count(threads));
  const std::size_t count = photos.size();
  std::vector<Embedding> embeddings(count);
  // Batches are cut by position, not per thread: the sums inside the network are then the same
  // whatever the number of threads.
  pool.parallel_for((count + kBatch - 1) / kBatch, [&](int, std::size_t begin, std::size_t end) {
    Embedder embedder(model, 1);
    for (std::size_t first = begin * kBatch; first < std::min(count, end * kBatch);
         first += kBatch) {
      std::vector<FineImage> crops;
      for (std::size_t i = first; i < std::min(count, first + kBatch); ++i) {
        crops.push_back(crop_of(photos[i]));
      }
      std::vector<Embedding> batch = embedder.embed_batch(crops);
      std::move(batch.begin(), batch.end(),
                embeddings.begin() + static_cast<std::ptrdiff_t>(first));
    }
  });
  return embeddings;
}

ValidationResult validate_verification(const Model& model, const ValidationPhotos& photos,
                                       const CropOfPhoto& crop_of, int threads,
                                       std::uint64_t seed) {
  check_labels(photos.photo.size(), photos.identity);
  return compare_embeddings(embed_crops(model, photos.photo, crop_of, threads), photos.identity,
                            threads, seed);
}

ValidationResult compare_embeddings(std::vector<Embedding> embeddings,
                                    std::vector<std::int32_t> identity, int threads,
                                    std::uint64_t seed, std::size_t most_pairs) {
  check_labels(embeddings.size(), identity);
  ThreadPool pool(threads);
  const PairDistances distances = measure_all_pairs(embeddings, identity, most_pairs, seed, pool);
  ValidationResult result;
  result.images = embeddings.size();
  result.identities = std::set<std::int32_t>(identity.begin(), identity.end()).size();
  result.positive_distance = mean_of(distances.genuine);
  result.negative_distance = mean_of(distances.impostor);
  result.spread = spread_of(embeddings);
  result.pairs.reserve(distances.genuine.size() + distances.impostor.size());
  append_pairs(result.pairs, distances.genuine, true);
  append_pairs(result.pairs, distances.impostor, false);
  const SortedDistances sorted = sort_distances(result.pairs);
  result.eer = equal_error_rate(sorted);
  result.at_1e2 = operating_point(sorted, kHighFmr);
  const bool tells_low = allowed_false_matches(kLowFmr, sorted.impostor.size()) >= 1;
  result.at_1e3 = tells_low ? operating_point(sorted, kLowFmr) : result.at_1e2;
  result.embeddings = std::move(embeddings);
  result.identity = std::move(identity);
  return result;
}

}  // namespace visavis
