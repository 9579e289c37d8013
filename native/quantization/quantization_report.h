#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/image/image.h"
#include "core/model/model.h"
#include "native/quantization/value_ranges.h"

namespace visavis {

/// What computing in int8 does to one layer's output.
struct LayerNoise {
  std::string layer;
  ActivationScale scale;
  ValueRange range;  ///< Of the output in fp32, over the crops.
  /// Signal to quantisation noise of the output, in decibels: 10 log10(sum x^2 / sum (x - y)^2),
  /// where x is the output in fp32 and y that of the network as it is. Infinite where they are
  /// equal.
  double decibels = 0;
  /// The same of the network's first output, when this layer alone computes in int8. Of layers that
  /// compute in int8 only.
  std::optional<double> output_decibels_alone;
};

struct QuantizationReport {
  std::size_t crops = 0;
  std::vector<LayerNoise> layers;
  /// Between the unit vectors of the first output in fp32 and as it is.
  double median_distance = 0;
  double distance_999 = 0;  ///< 99.9th percentile.
};

/// Compares the model with `reference` (of the same network: itself, or what it was rounded from)
/// in fp32. Throws kInvalidArgument where the networks differ or the model computes nothing in
/// int8.
QuantizationReport report_quantization(const Model& model, const Model& reference,
                                       const std::vector<FineImage>& crops);

}  // namespace visavis
