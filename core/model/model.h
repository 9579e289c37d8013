#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/geometry.h"
#include "core/model/few_shot_head.h"
#include "core/network/activation_scales.h"
#include "core/network/network_spec.h"
#include "core/network/parameters.h"
#include "core/rates/calibration.h"

namespace visavis {

enum class ModelKind { kEmbedder = 0, kFaceDetector = 1, kFaceLandmarks = 2, kClassifier = 3 };

/// "embedder", "face detector", ...
std::string to_string(ModelKind kind);

/// Network input = (pixel - mean) * scale per channel, pixel 0..255, RGB; one channel means luma
/// (ITU-R BT.601).
struct Preprocessing {
  std::vector<float> mean;   ///< One entry per input channel.
  std::vector<float> scale;  ///< One entry per input channel.
};

/// Where in the embedder's input the face's points must come to lie (core/face/face_aligner.h says
/// which points they are), in pixels of the network's input, geometry.h's convention. Empty for
/// networks that take the image as it is.
struct AlignmentTemplate {
  std::vector<Point> points;
};

/// One group of anchors of a single-shot detector: a grid of cells of `stride` input pixels,
/// `per_cell` anchors in each.
struct AnchorGrid {
  int stride = 0;
  int per_cell = 0;
};

struct DetectorSettings {
  std::vector<AnchorGrid> grids;
  int keypoints = 0;
  float score_threshold = 0.5F;
};

/// How the model was made, in the order shown to people: data fingerprint, command, seed, versions,
/// figures; of an imported model its origin and licence.
using Record = std::vector<std::pair<std::string, std::string>>;

/// A network, its parameters, and all that is needed to use it: one file.
struct Model {
  std::string name;
  ModelKind kind = ModelKind::kEmbedder;
  NetworkSpec network;
  Parameters parameters;
  Preprocessing preprocessing;
  AlignmentTemplate alignment;
  DetectorSettings detector;
  CalibrationTable calibration;
  FewShotHead few_shot;  ///< Of kind kNone for most.
  /// What of the network is computed in int8; empty: nothing.
  ActivationScales activation_scales;
  Record record;
};

/// Length of the first output: of an embedder, the embedding's.
std::size_t output_length(const NetworkSpec& spec);

/// As check_parameters, check_activation_scales and check_head; also throws when the network has no
/// outputs or preprocessing does not fit the input's channels.
void check_model(const Model& model);

/// A model of the same function without batch normalisation. Each is folded into the convolution or
/// fully connected layer before it if nothing else reads that layer, and else becomes a 1x1
/// depthwise convolution. Dropout, which does nothing at inference, is removed. Equal to the
/// original up to rounding, in fp32: activation scales belong to the original's values. Throws
/// kInvalidArgument as check_parameters, or where variance + epsilon is not positive.
Model fold_batch_normalization(const Model& model);

}  // namespace visavis
