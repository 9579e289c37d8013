#include "native/quantization/quantization_report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/model/preprocess.h"
#include "core/network/runtime.h"

namespace visavis {
namespace {

/// Sums of squares, over all crops.
struct NoiseSum {
  double signal = 0;
  double noise = 0;

  void add(const Tensor& exact, const Tensor& rounded) {
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const double difference = static_cast<double>(exact[i]) - rounded[i];
      signal += static_cast<double>(exact[i]) * exact[i];
      noise += difference * difference;
    }
  }

  [[nodiscard]] double decibels() const {
    return noise > 0 ? 10 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
  }
};

bool have_same_shapes(const NetworkSpec& a, const NetworkSpec& b) {
  const auto kinds_differ = [](const Layer& x, const Layer& y) {
    return x.name != y.name || x.kind.index() != y.kind.index();
  };
  return a.layers.size() == b.layers.size() && infer_shapes(a) == infer_shapes(b) &&
         std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(),
                    [&](const Layer& x, const Layer& y) { return !kinds_differ(x, y); });
}

double unit_distance(const Tensor& a, const Tensor& b) {
  double square_a = 0, square_b = 0, product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    square_a += static_cast<double>(a[i]) * a[i];
    square_b += static_cast<double>(b[i]) * b[i];
    product += static_cast<double>(a[i]) * b[i];
  }
  return std::sqrt(std::max(0.0, 2 - 2 * product / std::sqrt(square_a * square_b)));
}

/// The least value that a share of all of them do not exceed.
double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

/// Of the first output, when one layer alone computes in int8.
double decibels_alone(const Model& model, std::size_t layer, const std::vector<Tensor>& inputs,
                      const std::vector<Tensor>& exact) {
  ActivationScales scales = model.activation_scales;
  for (std::size_t id = 0; id < scales.size(); ++id) {
    scales[id].is_computed_in_int8 = id == layer + 1;
  }
  Network network(model.network, model.parameters, 1, scales);
  NoiseSum sum;
  for (std::size_t i = 0; i < inputs.size(); ++i) sum.add(exact[i], network.run(inputs[i])[0]);
  return sum.decibels();
}

}  // namespace

QuantizationReport report_quantization(const Model& model, const Model& reference,
                                       const std::vector<FineImage>& crops) {
  const ActivationScales& scales = model.activation_scales;
  if (scales.empty()) {
    refuse("model '" + model.name +
           "' computes nothing in int8; `visavis convert --activations int8` makes one that does");
  }
  if (!have_same_shapes(model.network, reference.network)) {
    refuse("models '" + model.name + "' and '" + reference.name + "' are not of one network");
  }
  const NetworkSpec all = with_all_outputs(model.network);
  const auto first_output = static_cast<std::size_t>(model.network.outputs.front()) - 1;
  Network exact(all, reference.parameters);
  Network rounded(all, model.parameters, 1, scales);
  std::vector<NoiseSum> sums(model.network.layers.size());
  std::vector<Tensor> inputs, exact_outputs;
  std::vector<double> distances;
  for (const FineImage& crop : crops) {
    inputs.push_back(network_input({&crop, 1}, model.preprocessing));
    const std::vector<Tensor> a = exact.run(inputs.back());
    const std::vector<Tensor> b = rounded.run(inputs.back());
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i].add(a[i], b[i]);
    exact_outputs.push_back(a[first_output]);
    distances.push_back(unit_distance(a[first_output], b[first_output]));
  }

  const std::vector<ValueRange> ranges = value_ranges(reference, crops, 100);
  QuantizationReport report;
  report.crops = crops.size();
  report.median_distance = quantile(distances, 0.5);
  report.distance_999 = quantile(distances, 0.999);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    LayerNoise& noise = report.layers.emplace_back();
    noise.layer = model.network.layers[i].name;
    noise.scale = scales[i + 1];
    noise.range = ranges[i + 1];
    noise.decibels = sums[i].decibels();
    if (scales[i + 1].is_computed_in_int8) {
      noise.output_decibels_alone = decibels_alone(model, i, inputs, exact_outputs);
    }
  }
  return report;
}

}  // namespace visavis
