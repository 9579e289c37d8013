#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "native/training/data/batch_sampler.h"
#include "native/training/data/loader_options.h"

namespace visavis {

/// Prepares batches ahead of the trainer in threads of its own. Row i of batch `step` is a function
/// of seed, step and i (in the global batch): the same batches whatever the number of threads or
/// ranks, and from whichever step a run is resumed.
class BatchLoader {
 public:
  /// Starts with batch `first_step`. Keeps `sampler` and the teacher by reference; the sampler is
  /// called from the loader's threads, one call at a time, steps in order. Throws kInvalidArgument
  /// for sizes below 1, channels other than 1 or 3, a rank that is not below `ranks`, more ranks
  /// than rows; as Embedder does for the teacher.
  BatchLoader(ImageReader read_image, BatchSampler& sampler, LoaderOptions options,
              std::uint64_t first_step);
  /// Reads from the cache, which it keeps by reference.
  BatchLoader(const ImageCache& cache, BatchSampler& sampler, LoaderOptions options,
              std::uint64_t first_step)
      : BatchLoader([&cache](std::size_t photo) { return cache.read(photo); }, sampler,
                    std::move(options), first_step) {}
  /// Abandons batches that are begun, once each thread has finished its current row (or its rows
  /// with the teacher).
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// The next batch, valid until the next call. Waits where it is not ready; rethrows what went
  /// wrong in a thread when it comes to that batch, and again at every later call.
  const TrainingBatch& next();
  /// Seconds that next() has waited so far (the first batch left out: nothing could be ready).
  [[nodiscard]] double seconds_waited() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
