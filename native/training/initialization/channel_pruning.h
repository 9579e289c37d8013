#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace visavis {

/// A linear map that reads fewer channels.
struct PrunedMap {
  std::vector<std::size_t> kept;  ///< Channels it still reads, ascending.
  Eigen::MatrixXd map;            ///< [out, kept.size()]
  /// Variance of the outputs that the channels left cannot explain, as a share of all: 0..1.
  double lost = 0;
};

/// Removes channels one by one. Each time it removes the channel that costs the outputs the least
/// variance after the weights of the others are fitted anew by least squares: the optimal brain
/// surgeon of Hassibi & Stork 1993, on the reconstruction of a layer's output as in He et al. 2017,
/// "Channel pruning for accelerating very deep neural networks". `map` is [out, in]; `covariance`
/// [in, in] is the channels'; the bias takes their means into account. Throws kInvalidArgument
/// where the shapes do not fit or `keep` is not 1..in.
PrunedMap prune_channels(const Eigen::MatrixXd& map, const Eigen::MatrixXd& covariance,
                         std::size_t keep);

}  // namespace visavis
