#pragma once

#include <cstddef>
#include <vector>

#include "core/model/model.h"
#include "native/data/labelled_images.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// How well a classifier tells classes apart.
struct ClassificationFigures {
  std::size_t images = 0;      ///< Those that could be read: all figures are of them.
  std::size_t unreadable = 0;  ///< The others.
  double accuracy = 0;
  /// Mean of -ln(probability of the right class), that taken as 1e-30 at the least.
  double log_loss = 0;
  std::vector<std::vector<std::size_t>> confusion;  ///< [right class][class told]

  [[nodiscard]] std::size_t images_of(std::size_t label) const;
  /// Share of the class's images that are told right; 0 without any.
  [[nodiscard]] double accuracy_of(std::size_t label) const;
};

/// Of probabilities [image][class], an image without any being unreadable. The class told is the
/// first of the most probable.
ClassificationFigures figures_of(const std::vector<std::vector<float>>& probabilities,
                                 const std::vector<std::size_t>& label, std::size_t classes);

/// Runs the classifier on whole images (core/image/whole_image.h), thread_count(threads) at a time
/// (processors.h), and tells `progress` which images cannot be read; the same whatever the number
/// of threads. Throws as Classifier, and kUnreadableImage where no image can be read.
ClassificationFigures measure_classifier(const Model& model, const LabelledImages& images,
                                         int threads, ProgressSink& progress);

}  // namespace visavis
