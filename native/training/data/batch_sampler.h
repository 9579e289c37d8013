#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "native/data/training_data.h"
#include "native/training/data/identity_split.h"

namespace visavis {

/// One row of a batch.
struct BatchItem {
  std::uint32_t photo = 0;
  std::int32_t label = 0;  ///< Training label or, in episodes, number of the class in the episode.
  bool is_query = false;   ///< Episodes only.
  std::uint8_t quarter_turns = 0;  ///< Episodes with rotated classes: 0..3.
};

/// Which photos make up batch `step`. A function of the seed and of `step` alone: a resumed run
/// continues with the very same batches, and every rank of a distributed run can tell the whole
/// global batch and take its part. Any order of steps gives the same batches; rising ones are
/// quickest. Not thread-safe.
class BatchSampler {
 public:
  virtual ~BatchSampler() = default;
  [[nodiscard]] virtual std::vector<BatchItem> sample(std::uint64_t step) = 0;
  [[nodiscard]] virtual std::size_t batch_size() const = 0;
  /// After so many steps every training photo has been seen about once.
  [[nodiscard]] virtual std::size_t steps_per_epoch() const = 0;
};

/// P people x K photos, a person's photos in a row, people without repetition within a batch,
/// labelled sources by weight. Within a source everybody comes up equally often, and so do each
/// person's photos. Somebody with 2 photos or more but fewer than K gives some of them more than
/// once (augmentation makes them differ). People with one photo are left out (unless K is 1).
/// Throws kInvalidArgument with fewer people than P, fewer in a source than its share of P, or K
/// larger than every person's photos (naming the largest).
std::unique_ptr<BatchSampler> make_people_sampler(const TrainingData& data,
                                                  const IdentitySplit& split, std::size_t people,
                                                  std::size_t photos, std::uint64_t seed);

/// Every photo once per epoch in random order; with several sources, each fills its weighted share
/// of every batch and goes round as often as that takes. Unlabelled photos carry kUnlabelled.
/// Throws kInvalidArgument for a source without a photo to train on.
std::unique_ptr<BatchSampler> make_shuffled_sampler(const TrainingData& data,
                                                    const IdentitySplit& split,
                                                    std::size_t batch_size, std::uint64_t seed);

struct EpisodePlan {
  std::size_t way = 5;
  std::size_t shot = 1;
  std::size_t queries = 5;  ///< Per class.
  bool has_rotated_classes =
      false;  ///< 90, 180 and 270 degrees of a class are classes of their own.
  /// The classes of an episode lie in one folder (TrainingData::parent: one alphabet), turned or
  /// not. Folders take turns by how many classes they have.
  bool is_within_parent = false;
};
/// Episodes: support rows first, then queries, both class by class; labelled sources by weight.
/// Classes with fewer than shot + queries photos are left out;
/// throws kInvalidArgument where fewer than `way` remain, within a parent in any of them (saying
/// how many and what they lack).
std::unique_ptr<BatchSampler> make_episode_sampler(const TrainingData& data,
                                                   const IdentitySplit& split,
                                                   const EpisodePlan& plan, std::uint64_t seed);

}  // namespace visavis
