#pragma once

#include <span>
#include <vector>

#include "core/image/image.h"
#include "core/model/model.h"
#include "native/training/optimization/training_state.h"

namespace visavis {

/// The start that a trained model gives to a network to be trained.
struct ModelStart {
  TrainingState parameters;  ///< Of the network, by name.
  /// PrunedMap::lost of each layer that reads fewer channels than the model's.
  std::vector<double> lost;
};

/// Parameters with which `network`, whose batch normalisations the model has folded in, computes
/// what the model does, in training as at inference: each normalisation takes mean and variance as
/// measured on `photos` (crops of the model's input size) and gives them back as shift and scale.
/// Where the network has fewer channels inside a block than the model, between the convolution that
/// makes them and the 1x1 convolution that reads them, prune_channels picks which. A depthwise
/// filter over the whole input keeps the model's size. `preprocessing` is the network's. Throws
/// kModelMismatch, naming the layer and what to do, where the two differ in anything else.
ModelStart start_from_model(const Model& model, const NetworkSpec& network,
                            const Preprocessing& preprocessing, std::span<const FineImage> photos,
                            int threads);

/// Throws as start_from_model does where the two differ; needs no photos.
void check_model_start(const Model& model, const NetworkSpec& network);

}  // namespace visavis
