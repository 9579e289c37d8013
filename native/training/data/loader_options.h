#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/model/model.h"
#include "native/preparation/augmentation.h"
#include "native/preparation/prepared_image.h"
#include "native/training/data/teacher_labels.h"
#include "native/training/losses/loss.h"

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
  std::size_t ahead = 4;  ///< Batches kept ready, besides the one that training is at.
  /// A teacher embeds the very crop that the student sees, at its own input size and without the
  /// colours, occlusion, blur and noise laid over it where `teacher_sees_clean`.
  const Model* teacher = nullptr;
  bool teacher_sees_clean = true;
  /// Instead of a teacher: its embeddings of whole photos.
  const TeacherLabels* teacher_labels = nullptr;
  /// This rank's part of every global batch: rows [rank * n / ranks, (rank + 1) * n / ranks).
  std::size_t rank = 0;
  std::size_t ranks = 1;
};

/// Photo of the TrainingData to its prepared image; called from several threads at once.
using ImageReader = std::function<PreparedImage(std::size_t photo)>;

}  // namespace visavis
