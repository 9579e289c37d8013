#include "core/model/model.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "core/rates/check_calibration.h"

namespace visavis {
namespace {

bool all_finite(const float* begin, const float* end) {
  return std::all_of(begin, end, [](float value) { return std::isfinite(value); });
}

void check_preprocessing(const Model& model) {
  const std::size_t channels = model.network.input.back();
  const Preprocessing& p = model.preprocessing;
  if (p.mean.size() != channels || p.scale.size() != channels) {
    refuse("preprocessing has " + std::to_string(p.mean.size()) + " means and " +
           std::to_string(p.scale.size()) + " scales; the network's input has " +
           std::to_string(channels) + " channels and needs one of each per channel");
  }
  if (!all_finite(p.mean.data(), p.mean.data() + channels) ||
      !all_finite(p.scale.data(), p.scale.data() + channels)) {
    refuse("preprocessing holds a value that is not finite");
  }
}

void check_alignment(const AlignmentTemplate& alignment) {
  for (const Point& point : alignment.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
      refuse("the alignment template holds a value that is not finite");
    }
  }
}

void check_detector(const DetectorSettings& detector) {
  require_number("the detector's score threshold", detector.score_threshold, {0, 1});
  for (const AnchorGrid& grid : detector.grids) {
    if (grid.stride < 1 || grid.per_cell < 1) {
      refuse("anchors of stride " + std::to_string(grid.stride) + ", " +
             std::to_string(grid.per_cell) + " per cell; both must be 1 or more");
    }
  }
}

}  // namespace

std::string to_string(ModelKind kind) {
  switch (kind) {
    case ModelKind::kEmbedder:
      return "embedder";
    case ModelKind::kFaceDetector:
      return "face detector";
    case ModelKind::kFaceLandmarks:
      return "face landmarks";
    case ModelKind::kClassifier:
      return "classifier";
  }
  return "unknown kind " + std::to_string(static_cast<int>(kind));
}

std::size_t output_length(const NetworkSpec& spec) {
  return element_count(infer_shapes(spec)[static_cast<std::size_t>(spec.outputs.front())]);
}

void check_model(const Model& model) {
  if (model.network.outputs.empty()) refuse("network: has no outputs");
  check_parameters(model.network, model.parameters);
  check_activation_scales(model.network, model.activation_scales);
  check_preprocessing(model);
  check_alignment(model.alignment);
  check_detector(model.detector);
  check_calibration(model.calibration);
  if (model.few_shot.kind != FewShotHeadKind::kNone) {
    check_head(model.few_shot, output_length(model.network));
  }
}

}  // namespace visavis
