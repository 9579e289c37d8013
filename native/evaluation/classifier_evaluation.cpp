#include "native/evaluation/classifier_evaluation.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>

#include "core/image/whole_image.h"
#include "core/model/classifier.h"
#include "native/data/left_out.h"
#include "native/embedding/photo_embedder.h"
#include "native/images/image_file.h"
#include "native/preparation/for_each_photo.h"
#include "native/system/processors.h"

namespace visavis {
namespace {

/// The probabilities stand in the place of an embedding.
EmbeddedPhoto classify(Classifier& classifier, const PhotoRef& image) {
  return try_photo(image, [&](const std::string& name) {
    const Image decoded = decode_image(image.dataset->read(image.image), name);
    return classifier.probabilities(whole_image(decoded, classifier.input_size()));
  });
}

}  // namespace

std::size_t ClassificationFigures::images_of(std::size_t label) const {
  const std::vector<std::size_t>& told = confusion[label];
  return std::accumulate(told.begin(), told.end(), std::size_t{0});
}

double ClassificationFigures::accuracy_of(std::size_t label) const {
  const std::size_t all = images_of(label);
  if (all == 0) return 0;
  return static_cast<double>(confusion[label][label]) / static_cast<double>(all);
}

ClassificationFigures figures_of(const std::vector<std::vector<float>>& probabilities,
                                 const std::vector<std::size_t>& label, std::size_t classes) {
  constexpr double kMinProbability = 1e-30;
  ClassificationFigures figures;
  figures.confusion.assign(classes, std::vector<std::size_t>(classes));
  std::size_t right = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const std::vector<float>& each = probabilities[i];
    if (each.empty()) {
      ++figures.unreadable;
      continue;
    }
    const auto told =
        static_cast<std::size_t>(std::max_element(each.begin(), each.end()) - each.begin());
    ++figures.images;
    ++figures.confusion[label[i]][told];
    right += told == label[i] ? 1 : 0;
    figures.log_loss -= std::log(std::max(kMinProbability, static_cast<double>(each[label[i]])));
  }
  if (figures.images == 0) return figures;
  figures.accuracy = static_cast<double>(right) / static_cast<double>(figures.images);
  figures.log_loss /= static_cast<double>(figures.images);
  return figures;
}

ClassificationFigures measure_classifier(const Model& model, const LabelledImages& images,
                                         int threads, ProgressSink& progress) {
  const std::size_t count = images.images.size();
  std::vector<EmbeddedPhoto> classified(count);
  ThreadPool pool(thread_count(threads));
  for_each_photo(
      pool, count, "classifying",
      [&](const ReportShare&) -> PhotoWorker {
        return [&, classifier = std::make_shared<Classifier>(model)](std::size_t i) {
          classified[i] = classify(*classifier, images.images[i]);
        };
      },
      progress);
  std::vector<std::vector<float>> probabilities;
  std::vector<std::string> problems;
  for (EmbeddedPhoto& image : classified) {
    if (!image.problem.empty()) problems.push_back(std::move(image.problem));
    probabilities.push_back(std::move(image.embedding));
  }
  say_left_out(progress, problems);
  ClassificationFigures figures = figures_of(probabilities, images.label, images.classes.size());
  if (figures.images == 0) {
    throw Error(ErrorCode::kUnreadableImage,
                images.datasets.front()->location() + ": none of its images can be read");
  }
  return figures;
}

}  // namespace visavis
