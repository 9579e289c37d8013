#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "core/model/model.h"
#include "native/preparation/image_cache.h"

namespace visavis {

/// What a teacher says of whole photos: the unit mean of its embeddings of the crop that the
/// shipped aligner cuts and of that crop's mirror image. The student may then be shown the photo
/// shifted, darkened or under a hat: it is to say what the teacher says of the photo unspoilt, and
/// the teacher runs twice per photo instead of once per step.
class TeacherLabels {
 public:
  [[nodiscard]] std::size_t length() const { return length_; }
  /// Photo of the TrainingData; one that the cache has.
  [[nodiscard]] std::span<const float> of(std::size_t photo) const {
    return {values_.data() + photo * length_, length_};
  }

 private:
  friend TeacherLabels label_with_teacher(const Model&, const ImageCache&, std::size_t,
                                          const std::filesystem::path&, int);
  std::size_t length_ = 0;
  std::vector<float> values_;  ///< [photos, length]; zeros where there is no photo.
};

/// Embeds every photo of 0..photos - 1 that the cache has, `threads` (0: all cores) at a time, with
/// progress on stderr. Labels are kept in `file`, by the contents of the prepared image and
/// of the teacher, so that the next run finds them. May be interrupted as
/// prepare_images: then the labels are not complete, and stop_requested() tells. Throws kIo where
/// the file cannot be written, and as Embedder does.
TeacherLabels label_with_teacher(const Model& teacher, const ImageCache& cache, std::size_t photos,
                                 const std::filesystem::path& file, int threads);

}  // namespace visavis
