#pragma once

#include <memory>
#include <vector>

#include "core/model/embedder.h"
#include "native/training/data/batch_sampler.h"
#include "native/training/data/loader_options.h"

namespace visavis {

/// Fills the rows of a batch: photo, augmentation, preprocessing, teacher. Safe to use from several
/// threads for different rows, each giving its own number.
class RowMaker {
 public:
  /// Throws kInvalidArgument where the options do not hold together, and as Embedder does.
  /// `options` is kept by reference.
  RowMaker(ImageReader read_image, const LoaderOptions& options, std::size_t threads);

  /// Sizes the batch for items [begin, end) and fills in their labels.
  void start(const std::vector<BatchItem>& items, std::size_t begin, std::size_t end,
             TrainingBatch& batch) const;
  /// Row `global_row` of the global batch into row `row` of this one; keeps the teacher's crop.
  void make(std::size_t thread, const BatchItem& item, std::size_t global_row, std::size_t row,
            TrainingBatch& batch);
  /// Embeds the crops kept since the last call by the teacher, into rows from `first_row` on.
  void teach(std::size_t thread, std::size_t first_row, TrainingBatch& batch);
  /// Drops the crops kept, after a failure.
  void forget(std::size_t thread);

 private:
  struct Worker {
    std::unique_ptr<Embedder> teacher;
    std::vector<FineImage> crops;
  };
  void write_row(const FineImage& crop, float* out) const;

  ImageReader read_image_;
  const LoaderOptions& options_;
  std::vector<Worker> workers_;
};

}  // namespace visavis
