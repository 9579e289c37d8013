#pragma once

#include <string>
#include <vector>

#include "core/model/model.h"

namespace visavis {

/// A layer of a network to be trained, and its counterpart in the trained model.
struct LayerPair {
  const Layer* layer = nullptr;
  const Layer* of_model = nullptr;
  ValueId value = 0;  ///< What the layer makes, in the network and in the model.
  ValueId model_value = 0;
  const Layer* normalization = nullptr;  ///< Of the network, behind the layer; may be null.
};

/// Pairs all layers but batch normalisations, which the model has folded in, dropout, and the
/// normalisation of an embedding's length, which may be missing on either side. The pointers are
/// into `network` and `model`. Kinds, connections, kernels and strides must be the same; channels,
/// padding and the size of a depthwise filter over the whole input may differ. Throws
/// kModelMismatch, naming the layer and what to do.
std::vector<LayerPair> pair_layers(const NetworkSpec& network, const Model& model);

/// kModelMismatch, in the words of `train --init`.
[[noreturn]] void refuse_model(const Model& model, const std::string& layer,
                               const std::string& what);

}  // namespace visavis
