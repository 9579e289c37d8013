#pragma once

#include <string>
#include <vector>

#include "core/network/network_spec.h"

namespace visavis {

/// Sizes and options of the named architectures.
struct ArchitectureOptions {
  int height = 112;  ///< Input pixels.
  int width = 112;
  int channels = 3;            ///< 1 (grey) or 3 (RGB).
  int embedding_length = 128;  ///< Features of the output.
  /// `mobilefacenet` alone: channels are multiplied by it, to a multiple of 8.
  double width_factor = 1;
  double expansion = 1;           ///< Likewise, of the channels inside its blocks.
  double dropout = 0;             ///< Rate before the last layer with parameters; 0 to below 1.
  bool normalizes_output = true;  ///< Ends in L2Normalize: embeddings of unit length.
};

/// `siamese`: Koch et al. 2015, "Siamese neural networks for one-shot image recognition", figure 4:
/// convolutions of 10, 7, 4 and 4 pixels with max-pooling between, one fully connected layer with a
/// sigmoid; here with batch normalisation after each convolution, and kernels cut to what a smaller
/// input leaves. `conv4`: the four blocks of 64 3x3 convolutions with max-pooling of Vinyals et al.
/// 2016 and Snell et al. 2017. `mobilefacenet`: Chen et al. 2018, table 1, with a width factor, and
/// one for the channels inside its blocks; its global depthwise convolution fits the input size.
/// Throws kInvalidArgument for an unknown name (listing the known ones), an input too small for the
/// network, or options out of range.
NetworkSpec make_architecture(const std::string& name, const ArchitectureOptions& options);

/// "siamese", "conv4", "mobilefacenet".
const std::vector<std::string>& architecture_names();

}  // namespace visavis
