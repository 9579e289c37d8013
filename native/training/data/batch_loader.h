#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/model.h"
#include "native/training/augmentation/augmentation.h"
#include "native/training/data/batch_sampler.h"
#include "native/training/loss.h"

namespace visavis {

/// What a step of training needs.
struct TrainingBatch {
  std::uint64_t step = 0;
  Array<float> images;  ///< [rows, height, width, channels], preprocessed.
  BatchLabels labels;   ///< Teacher's embeddings included where there is a teacher.
};

struct LoaderOptions {
  int height = 112;
  int width = 112;
  Preprocessing preprocessing;  ///< One channel: luma.
  AugmentationOptions augmentation;
  std::uint64_t seed = 1;
  int threads = 1;        ///< That decode and augment, besides the trainer's own.
  std::size_t ahead = 4;  ///< Batches kept ready.
  /// A teacher embeds the very crop that the student sees, at its own input size and without the
  /// occlusion, blur and noise laid over it where `teacher_sees_clean`.
  const Model* teacher = nullptr;
  bool teacher_sees_clean = true;
  /// This rank's part of every global batch: rows [rank * n / ranks, (rank + 1) * n / ranks).
  std::size_t rank = 0;
  std::size_t ranks = 1;
};

/// Prepares batches ahead of the trainer in threads of its own. Row i of batch `step` is a function
/// of seed, step and i (in the global batch): the same batches whatever the number of threads or
/// ranks, and from whichever step a run is resumed.
class BatchLoader {
 public:
  /// Keeps the references; starts with batch `first_step`.
  BatchLoader(const ImageCache& cache, BatchSampler& sampler, LoaderOptions options,
              std::uint64_t first_step);
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// The next batch, valid until the next call. Waits where it is not ready; rethrows what went
  /// wrong in a thread.
  const TrainingBatch& next();
  /// Seconds that next() has waited so far (the first batch left out: nothing could be ready).
  [[nodiscard]] double seconds_waited() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
