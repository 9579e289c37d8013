#include "native/training/initialization/channel_pruning.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

/// Of the mean variance: keeps channels that never vary, or vary together, from making the
/// covariance singular.
constexpr double kRidge = 1e-4;

Eigen::MatrixXd ridged(const Eigen::MatrixXd& covariance) {
  const double mean = covariance.trace() / static_cast<double>(covariance.rows());
  Eigen::MatrixXd result = covariance;
  result.diagonal().array() += mean > 0 ? kRidge * mean : 1.0;
  return result;
}

double output_variance(const Eigen::MatrixXd& map, const Eigen::MatrixXd& covariance) {
  return (map * covariance).cwiseProduct(map).sum();
}

/// Of the channels left, the one whose going costs least: the sum over outputs of weight^2 /
/// inverse covariance.
Eigen::Index cheapest(const Eigen::MatrixXd& map, const Eigen::MatrixXd& inverse,
                      const std::vector<bool>& is_gone) {
  Eigen::Index best = -1;
  double least = 0;
  for (Eigen::Index channel = 0; channel < map.cols(); ++channel) {
    if (is_gone[static_cast<std::size_t>(channel)]) continue;
    const double cost = map.col(channel).squaredNorm() / inverse(channel, channel);
    if (best >= 0 && cost >= least) continue;
    best = channel;
    least = cost;
  }
  return best;
}

}  // namespace

PrunedMap prune_channels(const Eigen::MatrixXd& map, const Eigen::MatrixXd& covariance,
                         std::size_t keep) {
  const auto channels = static_cast<std::size_t>(map.cols());
  if (covariance.rows() != map.cols() || covariance.cols() != map.cols() || keep == 0 ||
      keep > channels) {
    throw Error(ErrorCode::kInvalidArgument,
                "pruning: cannot keep " + std::to_string(keep) + " of " + std::to_string(channels) +
                    " channels whose covariance is " + std::to_string(covariance.rows()) + "x" +
                    std::to_string(covariance.cols()));
  }
  const Eigen::MatrixXd hessian = ridged(covariance);
  Eigen::MatrixXd inverse = hessian.llt().solve(Eigen::MatrixXd::Identity(map.cols(), map.cols()));
  Eigen::MatrixXd fitted = map;
  std::vector<bool> is_gone(channels, false);
  for (std::size_t left = channels; left > keep; --left) {
    const Eigen::Index gone = cheapest(fitted, inverse, is_gone);
    const Eigen::RowVectorXd row = inverse.row(gone) / inverse(gone, gone);
    fitted -= fitted.col(gone).eval() * row;
    inverse -= inverse.col(gone).eval() * row;
    is_gone[static_cast<std::size_t>(gone)] = true;
  }

  PrunedMap pruned;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    if (!is_gone[channel]) pruned.kept.push_back(channel);
  }
  pruned.map.resize(map.rows(), static_cast<Eigen::Index>(keep));
  Eigen::MatrixXd difference = map;
  for (std::size_t i = 0; i < keep; ++i) {
    const auto channel = static_cast<Eigen::Index>(pruned.kept[i]);
    pruned.map.col(static_cast<Eigen::Index>(i)) = fitted.col(channel);
    difference.col(channel) -= fitted.col(channel);
  }
  const double all = output_variance(map, covariance);
  pruned.lost = all > 0 ? std::clamp(output_variance(difference, covariance) / all, 0.0, 1.0) : 0;
  return pruned;
}

}  // namespace visavis
