#include "native/training/initialization/channel_statistics.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/model/preprocess.h"
#include "core/network/runtime.h"
#include "native/system/processors.h"
#include "native/training/layers/matrix.h"

namespace visavis {
namespace {

constexpr std::size_t kImagesAtOnce = 8;

/// Sums of d and of d d^T (or d^2), d being the distance from the first row: no digits are lost
/// where the mean is far from zero. Within a batch in float, which halves the time, from batch to
/// batch in double.
class Sums {
 public:
  explicit Sums(bool with_covariance) : with_covariance_(with_covariance) {}

  void add(const Tensor& values) {
    const Shape& shape = values.shape();
    const auto channels = static_cast<Eigen::Index>(shape.back());
    const Eigen::Index rows = static_cast<Eigen::Index>(values.size()) / channels;
    const ConstMatrixView<float> view(values.data(), rows, channels);
    if (rows_ == 0) start(view.row(0));
    const RowMajor<float> shifted = view.rowwise() - origin_;
    sum_ += shifted.colwise().sum().cast<double>();
    if (with_covariance_) {
      products_ += (shifted.transpose() * shifted).cast<double>();
    } else {
      squares_ += shifted.colwise().squaredNorm().cast<double>();
    }
    rows_ += rows;
  }

  [[nodiscard]] ChannelStatistics finish() const {
    const auto count = static_cast<double>(rows_);
    const Eigen::RowVectorXd mean = sum_ / count;
    ChannelStatistics statistics;
    statistics.mean = (origin_.cast<double>() + mean).transpose();
    if (with_covariance_) {
      statistics.covariance = products_ / count - mean.transpose() * mean;
      statistics.variance = statistics.covariance.diagonal();
    } else {
      statistics.variance = (squares_ / count - mean.cwiseAbs2()).transpose();
    }
    statistics.variance = statistics.variance.cwiseMax(0.0);
    return statistics;
  }

 private:
  void start(const Eigen::RowVectorXf& origin) {
    origin_ = origin;
    sum_ = Eigen::RowVectorXd::Zero(origin.size());
    if (with_covariance_) {
      products_ = Eigen::MatrixXd::Zero(origin.size(), origin.size());
    } else {
      squares_ = Eigen::RowVectorXd::Zero(origin.size());
    }
  }

  bool with_covariance_;
  Eigen::Index rows_ = 0;
  Eigen::RowVectorXf origin_;
  Eigen::RowVectorXd sum_, squares_;
  Eigen::MatrixXd products_;
};

}  // namespace

std::vector<ChannelStatistics> measure_channels(const Model& model,
                                                const std::vector<MeasuredValue>& values,
                                                std::span<const FineImage> images, int threads) {
  if (images.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "model '" + model.name + "': no image to measure its channels on");
  }
  NetworkSpec spec = model.network;
  spec.outputs.clear();
  std::vector<Sums> sums;
  for (const MeasuredValue& measured : values) {
    spec.outputs.push_back(measured.value);
    sums.emplace_back(measured.with_covariance);
  }
  Network network(spec, model.parameters, thread_count(threads));
  for (std::size_t first = 0; first < images.size(); first += kImagesAtOnce) {
    const auto batch = images.subspan(first, std::min(kImagesAtOnce, images.size() - first));
    const std::vector<Tensor> outputs = network.run(network_input(batch, model.preprocessing));
    for (std::size_t i = 0; i < outputs.size(); ++i) sums[i].add(outputs[i]);
  }
  std::vector<ChannelStatistics> statistics;
  statistics.reserve(sums.size());
  for (const Sums& sum : sums) statistics.push_back(sum.finish());
  return statistics;
}

}  // namespace visavis
