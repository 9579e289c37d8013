#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "native/training/data/batch_sampler.h"
#include "native/training/data/random_order.h"
#include "native/training/data/source_shares.h"

namespace visavis {
namespace {

/// The training photos of one source, as rows of a batch.
struct SourcePhotos {
  double weight = 0;
  std::vector<BatchItem> items;
};

class ShuffledSampler : public BatchSampler {
 public:
  ShuffledSampler(std::vector<SourcePhotos> sources, const std::vector<double>& weights,
                  std::size_t batch_size, std::uint64_t seed)
      : sources_(std::move(sources)),
        batch_size_(batch_size),
        seed_(seed),
        shares_(batch_size, weights) {
    for (std::size_t s = 0; s < sources_.size(); ++s) {
      // A source smaller than its share of a batch repeats itself within it.
      const std::size_t photos = sources_[s].items.size();
      orders_.emplace_back(photos, std::min(photos, shares_.most(s)), mixed_hash(seed, s));
      photos_ += photos;
    }
  }

  std::vector<BatchItem> sample(std::uint64_t step) override {
    const std::vector<std::uint64_t> begin = shares_.before(step);
    const std::vector<std::uint64_t> end = shares_.before(step + 1);
    std::vector<BatchItem> items;
    items.reserve(batch_size_);
    for (std::size_t s = 0; s < sources_.size(); ++s) {
      for (std::uint64_t position = begin[s]; position < end[s]; ++position) {
        items.push_back(sources_[s].items[orders_[s].at(position)]);
      }
    }
    // Else each rank of a distributed run would see the sources that its part falls on.
    std::mt19937_64 random(mixed_hash(mixed_hash(seed_, "rows"), step));
    shuffle(items, random);
    return items;
  }

  [[nodiscard]] std::size_t batch_size() const override { return batch_size_; }

  [[nodiscard]] std::size_t steps_per_epoch() const override {
    return (photos_ + batch_size_ - 1) / batch_size_;
  }

 private:
  std::vector<SourcePhotos> sources_;
  std::size_t batch_size_;
  std::uint64_t seed_;
  SourceShares shares_;
  std::vector<ShuffledCycle> orders_;  ///< Per source.
  std::size_t photos_ = 0;
};

std::vector<SourcePhotos> photos_by_source(const TrainingData& data, const IdentitySplit& split) {
  std::vector<SourcePhotos> sources(data.sources.size());
  for (std::size_t s = 0; s < sources.size(); ++s) sources[s].weight = data.sources[s].weight;
  for (const std::uint32_t photo : split.training) {
    const TrainingPhoto& place = data.photos[photo];
    const std::int32_t label =
        place.identity == kUnlabelled
            ? kUnlabelled
            : split.label_of_identity[static_cast<std::size_t>(place.identity)];
    sources[place.source].items.push_back({photo, label, false, 0});
  }
  return sources;
}

}  // namespace

std::unique_ptr<BatchSampler> make_shuffled_sampler(const TrainingData& data,
                                                    const IdentitySplit& split,
                                                    std::size_t batch_size, std::uint64_t seed) {
  if (batch_size < 1) throw Error(ErrorCode::kInvalidArgument, "batches of 0 photos are empty");
  std::vector<SourcePhotos> sources = photos_by_source(data, split);
  std::vector<double> weights;
  for (std::size_t s = 0; s < sources.size(); ++s) {
    if (sources[s].items.empty()) {
      throw Error(ErrorCode::kInvalidArgument,
                  data.sources[s].location +
                      ": no usable photo to train on; leave the source out or look at why");
    }
    weights.push_back(sources[s].weight);
  }
  return std::make_unique<ShuffledSampler>(std::move(sources), weights, batch_size, seed);
}

}  // namespace visavis
