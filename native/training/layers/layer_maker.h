#pragma once

#include <memory>
#include <vector>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Makes the layer of each kind for training. tests/core/network/reference_layers.h has
/// the plain loop that a layer is checked against.
template <class T>
struct LayerMaker {
  using Made = std::unique_ptr<TrainableLayer<T>>;

  const Layer& layer;
  const std::vector<Shape>& inputs;  ///< Of one sample each.

  Made operator()(const Convolution& spec) const;           // convolution.cpp
  Made operator()(const DepthwiseConvolution& spec) const;  // depthwise_convolution.cpp
  Made operator()(const FullyConnected& spec) const;        // fully_connected.cpp
  Made operator()(const MaxPool& spec) const;               // pooling.cpp
  Made operator()(const AveragePool& spec) const;           // pooling.cpp
  Made operator()(const GlobalMaxPool&) const;              // pooling.cpp
  Made operator()(const GlobalAveragePool&) const;          // pooling.cpp
  Made operator()(const BatchNormalization& spec) const;    // batch_normalization.cpp
  Made operator()(const Relu&) const;                       // activations.cpp
  Made operator()(const Clip& spec) const;                  // activations.cpp
  Made operator()(const LeakyRelu& spec) const;             // activations.cpp
  Made operator()(const Sigmoid&) const;                    // activations.cpp
  Made operator()(const HardSwish&) const;                  // activations.cpp
  Made operator()(const HardSigmoid& spec) const;           // activations.cpp
  Made operator()(const Prelu&) const;                      // elementwise.cpp
  Made operator()(const Add&) const;                        // elementwise.cpp
  Made operator()(const Multiply&) const;                   // elementwise.cpp
  Made operator()(const Flatten&) const;                    // elementwise.cpp
  Made operator()(const Reshape& spec) const;               // elementwise.cpp
  Made operator()(const L2Normalize& spec) const;           // elementwise.cpp
  Made operator()(const Dropout& spec) const;               // dropout.cpp
};

/// What a layer's file ends in for each of its kinds.
#define VISAVIS_INSTANTIATE_LAYER(Kind)                                                        \
  template std::unique_ptr<TrainableLayer<float>> LayerMaker<float>::operator()(const Kind&)   \
      const;                                                                                   \
  template std::unique_ptr<TrainableLayer<double>> LayerMaker<double>::operator()(const Kind&) \
      const;

}  // namespace visavis
