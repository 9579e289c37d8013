#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <stop_token>
#include <vector>

#include "core/model/model.h"
#include "native/preparation/augmentation.h"
#include "native/preparation/image_cache.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// A teacher's labels of whole photos: the unit mean of its embeddings of the crop that the shipped
/// aligner cuts for it, with the face where its own template has it, and of that crop's mirror
/// image. The student may then see the photo shifted, darkened or with a hat: it learns the
/// teacher's embedding of the original photo, and the teacher runs twice per photo instead of once
/// per step.
class TeacherLabels {
 public:
  [[nodiscard]] std::size_t length() const { return length_; }
  /// Photo of the TrainingData; one that the cache has.
  [[nodiscard]] std::span<const float> of(std::size_t photo) const {
    return {values_.data() + photo * length_, length_};
  }

 private:
  friend TeacherLabels label_with_teacher(const Model&, const AlignmentTemplate&, const ImageCache&,
                                          std::size_t, const std::filesystem::path&, int,
                                          ProgressSink&, const std::stop_token&);
  friend TeacherLabels side_by_side(const std::vector<TeacherLabels>&);
  std::size_t length_ = 0;
  std::vector<float> values_;  ///< [photos, length]; zeros where there is no photo.
};

/// Embeds every photo of 0..photos - 1 that the cache has, which was prepared for `template112`
/// (empty: whole images), `threads` (0: all cores) at a time. Labels are kept in `file`, by the
/// contents of the prepared image and of the teacher, so that the next run finds them. A requested
/// stop ends it early: then the labels are not complete. Throws kIo where the file cannot be
/// written, and as Embedder does.
TeacherLabels label_with_teacher(const Model& teacher, const AlignmentTemplate& template112,
                                 const ImageCache& cache, std::size_t photos,
                                 const std::filesystem::path& file, int threads,
                                 ProgressSink& progress, const std::stop_token& stop = {});

/// Several teachers' labels of the same photos as one: the unit vectors one after the other, by the
/// root of how many they are, so that distance is the root mean square of theirs.
TeacherLabels side_by_side(const std::vector<TeacherLabels>& labels);

/// Throws as read_model does.
std::vector<Model> read_teachers(const std::vector<std::filesystem::path>& files);

/// Length of the teachers' embeddings side by side; 0 without one.
std::size_t teacher_dimensions(const std::vector<Model>& teachers);

/// The model's template as it would be for an input of 112x112; empty for whole images.
AlignmentTemplate template112_of(const Model& model);

/// What to do with a crop that was aligned to `template112` so that the face comes to lie where the
/// model's own template has it: turned, scaled and shifted. Nothing for the same template, within a
/// hundredth of a pixel, and for models or photos that are not aligned.
AugmentationPlan crop_for(const Model& model, const AlignmentTemplate& template112);

/// Whether crop_for found nothing to do.
bool is_plain(const AugmentationPlan& crop);

}  // namespace visavis
