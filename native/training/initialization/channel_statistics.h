#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "core/image/image.h"
#include "core/model/model.h"

namespace visavis {

/// How the channels of a value are distributed, over images and pixels.
struct ChannelStatistics {
  Eigen::VectorXd mean;        ///< [c]
  Eigen::VectorXd variance;    ///< [c]
  Eigen::MatrixXd covariance;  ///< [c, c] where it was asked for, else empty.
};

/// A value of a network to measure.
struct MeasuredValue {
  ValueId value = 0;
  bool with_covariance = false;
};

/// Runs the model on images of its input's size and measures the values, which are outputs of
/// layers. Throws kInvalidArgument without images.
std::vector<ChannelStatistics> measure_channels(const Model& model,
                                                const std::vector<MeasuredValue>& values,
                                                std::span<const FineImage> images, int threads);

}  // namespace visavis
