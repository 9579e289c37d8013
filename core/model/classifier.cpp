#include "core/model/classifier.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/model/preprocess.h"

namespace visavis {
namespace {

/// "class 1", "class 2", ...
std::string entry_of_class(std::size_t index) { return "class " + std::to_string(index + 1); }

const Model& require_classifier(const Model& model) {
  const Shape& input = model.network.input;
  const bool takes_square_image =
      input.size() == 3 && input[0] == input[1] && (input[2] == 1 || input[2] == 3);
  if (model.kind != ModelKind::kClassifier || !takes_square_image ||
      model.network.outputs.size() != 1 || output_length(model.network) < 2) {
    throw Error(ErrorCode::kModelMismatch,
                "model '" + model.name + "' (" + to_string(model.kind) +
                    ") is no classifier of square images with two classes or more");
  }
  return model;
}

std::vector<float> softmax(const Tensor& logits) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - highest);
  std::vector<float> probabilities;
  for (const float logit : logits) {
    probabilities.push_back(static_cast<float>(std::exp(logit - highest) / sum));
  }
  return probabilities;
}

}  // namespace

Classifier::Classifier(const Model& model, int threads)
    : network_(require_classifier(model).network, model.parameters, threads,
               model.activation_scales),
      preprocessing_(model.preprocessing),
      class_count_(output_length(model.network)),
      classes_(class_names(model)) {}

std::vector<float> Classifier::probabilities(const FineImage& image) {
  if (image.width != input_size() || image.height != input_size()) {
    const std::string side = std::to_string(input_size());
    throw Error(ErrorCode::kInvalidArgument, "classifier: image of " + std::to_string(image.width) +
                                                 "x" + std::to_string(image.height) +
                                                 " pixels, the network takes " + side + "x" + side);
  }
  const Tensor logits = network_.run(network_input({&image, 1}, preprocessing_)).front();
  require_finite(logits, "classifier");
  return softmax(logits);
}

int Classifier::input_size() const { return static_cast<int>(network_.spec().input[0]); }

void add_class_names(Record& record, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) record.emplace_back(entry_of_class(i), names[i]);
}

std::vector<std::string> class_names(const Model& model) {
  if (model.kind != ModelKind::kClassifier || model.network.outputs.size() != 1) return {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < output_length(model.network); ++i) {
    const auto found =
        std::find_if(model.record.begin(), model.record.end(),
                     [&](const auto& entry) { return entry.first == entry_of_class(i); });
    if (found == model.record.end()) return {};
    names.push_back(found->second);
  }
  return names;
}

}  // namespace visavis
