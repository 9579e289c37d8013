#include "native/training/initialization/model_start.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "native/training/initialization/channel_pruning.h"
#include "native/training/initialization/channel_statistics.h"
#include "native/training/initialization/layer_pairs.h"
#include "native/training/layers/matrix.h"

namespace visavis {
namespace {

using Channels = std::vector<std::size_t>;

constexpr const char* kGiveSizes =
    "; give the --width, --channels and --embedding that it was made with; --expansion alone may "
    "be smaller. Where dead channels were cut out of it, give --arch init, or import or convert it "
    "anew with --keep-dead-channels";

bool is_depthwise(const Layer& layer) {
  return std::holds_alternative<DepthwiseConvolution>(layer.kind);
}

bool is_pointwise(const Layer& layer) {
  const auto* convolution = std::get_if<Convolution>(&layer.kind);
  return convolution != nullptr && convolution->groups == 1 &&
         convolution->window.kernel_height == 1 && convolution->window.kernel_width == 1;
}

Channels all_channels(std::size_t count) {
  Channels channels(count);
  std::iota(channels.begin(), channels.end(), std::size_t{0});
  return channels;
}

/// What a 1x1 convolution reads and gives once it reads fewer channels.
struct PrunedLayer {
  PrunedMap pruned;
  Eigen::VectorXd mean, variance;  ///< Of its outputs, without a bias.
};

class Start {
 public:
  Start(const Model& model, const NetworkSpec& network, const Preprocessing& preprocessing)
      : model_(model),
        preprocessing_(preprocessing),
        shapes_(infer_shapes(network)),
        model_shapes_(infer_shapes(model.network)),
        pairs_(pair_layers(network, model)) {}

  ModelStart make(std::span<const FineImage> photos, int threads) {
    measure(photos, threads);
    for (const LayerPair& pair : pairs_) {
      if (reads_fewer(pair)) prune(pair);
    }
    for (const LayerPair& pair : pairs_) give(pair);
    return std::move(start_);
  }

  /// Which channels are kept does not matter to whether they fit.
  void check() {
    for (const LayerPair& pair : pairs_) {
      if (!reads_fewer(pair)) continue;
      const Channels first = all_channels(shape(pair.layer->inputs.front()).back());
      for (const ValueId value : prunable_values(pair)) kept_[value] = first;
    }
    for (const LayerPair& pair : pairs_) {
      if (std::holds_alternative<Prelu>(pair.layer->kind) || has_filter(pair)) {
        (void)kept(pair, pair.value, pair.model_value);
      }
      if (has_filter(pair)) (void)kept_inputs(pair);
    }
  }

 private:
  [[nodiscard]] const Shape& shape(ValueId value) const {
    return shapes_[static_cast<std::size_t>(value)];
  }
  [[nodiscard]] const Shape& model_shape(ValueId value) const {
    return model_shapes_[static_cast<std::size_t>(value)];
  }
  [[nodiscard]] const Tensor& of_model(const LayerPair& pair, const char* parameter) const {
    return model_.parameters.at(pair.of_model->name + parameter);
  }
  [[nodiscard]] bool reads_fewer(const LayerPair& pair) const {
    const ValueId input = pair.of_model->inputs.front();
    return is_pointwise(*pair.layer) && input > 0 &&
           shape(pair.layer->inputs.front()).back() < model_shape(input).back();
  }

  [[nodiscard]] bool has_filter(const LayerPair& pair) const {
    return model_.parameters.count(pair.of_model->name + ".filter") > 0;
  }
  void measure(std::span<const FineImage> photos, int threads);
  [[nodiscard]] std::vector<ValueId> prunable_values(const LayerPair& reader) const;
  void prune(const LayerPair& pair);
  [[nodiscard]] Channels kept(const LayerPair& pair, ValueId value, ValueId model_value) const;
  [[nodiscard]] Channels kept_inputs(const LayerPair& pair) const;
  [[nodiscard]] Array<float> kept_filter(const LayerPair& pair, const Channels& inputs,
                                         const Channels& outputs) const;
  std::vector<double> claim_scaling(const LayerPair& pair, Array<float>& filter) const;
  void give(const LayerPair& pair);
  void give_filter(const LayerPair& pair);
  void give_normalization(const LayerPair& pair, const Channels& outputs,
                          const std::vector<double>& bias);
  void give_vector(const std::string& name, const std::vector<double>& values);

  const Model& model_;
  const Preprocessing& preprocessing_;
  std::vector<Shape> shapes_, model_shapes_;
  std::vector<LayerPair> pairs_;
  std::map<ValueId, ChannelStatistics> statistics_;  // By the model's value, as the next two.
  std::map<ValueId, Channels> kept_;
  std::map<ValueId, PrunedLayer> pruned_;
  ModelStart start_;
};

void Start::measure(std::span<const FineImage> photos, int threads) {
  std::map<ValueId, bool> with_covariance;
  for (const LayerPair& pair : pairs_) {
    if (pair.normalization != nullptr) with_covariance.try_emplace(pair.model_value, false);
    if (!reads_fewer(pair)) continue;
    // Refuses before a photo is looked at.
    with_covariance[prunable_values(pair).front()] = true;
  }
  std::vector<MeasuredValue> values;
  values.reserve(with_covariance.size());
  for (const auto& [value, needs_it] : with_covariance) values.push_back({value, needs_it});
  std::vector<ChannelStatistics> measured = measure_channels(model_, values, photos, threads);
  for (std::size_t i = 0; i < values.size(); ++i) {
    statistics_[values[i].value] = std::move(measured[i]);
  }
}

void Start::prune(const LayerPair& pair) {
  const Tensor& filter = of_model(pair, ".filter");
  const ChannelStatistics& read = statistics_.at(pair.of_model->inputs.front());
  const Eigen::Index inputs = read.mean.size();
  const ConstMatrixView<float> map(filter.data(), index(filter.size()) / inputs, inputs);
  PrunedLayer layer{
      prune_channels(map.cast<double>(), read.covariance, shape(pair.layer->inputs.front()).back()),
      {},
      {}};
  const PrunedMap& pruned = layer.pruned;
  layer.mean = pruned.map * read.mean(pruned.kept);
  layer.variance = (pruned.map * read.covariance(pruned.kept, pruned.kept))
                       .cwiseProduct(pruned.map)
                       .rowwise()
                       .sum()
                       .cwiseMax(0.0);
  for (const ValueId value : prunable_values(pair)) kept_[value] = pruned.kept;
  start_.lost.push_back(pruned.lost);
  pruned_.emplace(pair.model_value, std::move(layer));
}

/// All that loses the channels a layer reads no more: from its input back to the convolution that
/// makes them.
std::vector<ValueId> Start::prunable_values(const LayerPair& reader) const {
  const std::vector<Layer>& layers = model_.network.layers;
  const auto readers = [&](ValueId value) {
    return std::count_if(layers.begin(), layers.end(), [&](const Layer& layer) {
      return std::find(layer.inputs.begin(), layer.inputs.end(), value) != layer.inputs.end();
    });
  };
  std::vector<ValueId> values;
  ValueId value = reader.of_model->inputs.front();
  while (value > 0 && readers(value) == 1) {
    values.push_back(value);
    const Layer& maker = layers[static_cast<std::size_t>(value - 1)];
    if (std::holds_alternative<Convolution>(maker.kind)) return values;
    if (maker.inputs.size() > 1) break;
    value = maker.inputs.front();
  }
  refuse_model(
      model_, reader.of_model->name,
      std::string("the network reads fewer channels than other layers share") + kGiveSizes);
}

Channels Start::kept(const LayerPair& pair, ValueId value, ValueId model_value) const {
  const auto found = kept_.find(model_value);
  Channels channels =
      found != kept_.end() ? found->second : all_channels(model_shape(model_value).back());
  const std::size_t expected = shape(value).back();
  if (channels.size() != expected) {
    refuse_model(model_, pair.of_model->name,
                 "it has " + std::to_string(channels.size()) + " channels, the network " +
                     std::to_string(expected) + kGiveSizes);
  }
  return channels;
}

/// Of a fully connected layer, which may read an image: all its features.
Channels Start::kept_inputs(const LayerPair& pair) const {
  const ValueId value = pair.layer->inputs.front();
  const ValueId model_value = pair.of_model->inputs.front();
  if (!std::holds_alternative<FullyConnected>(pair.layer->kind)) {
    return kept(pair, value, model_value);
  }
  const std::size_t features = element_count(model_shape(model_value));
  if (element_count(shape(value)) != features) {
    refuse_model(model_, pair.of_model->name,
                 "it reads " + std::to_string(features) + " features, the network " +
                     std::to_string(element_count(shape(value))) +
                     "; give the --size that it was made with");
  }
  return all_channels(features);
}

void Start::give(const LayerPair& pair) {
  if (std::holds_alternative<Prelu>(pair.layer->kind)) {
    const Tensor& slope = of_model(pair, ".slope");
    std::vector<double> values;
    for (const std::size_t c : kept(pair, pair.value, pair.model_value)) {
      values.push_back(slope[c]);
    }
    give_vector(pair.layer->name + ".slope", values);
  } else if (has_filter(pair)) {
    give_filter(pair);
  }
}

void Start::give_filter(const LayerPair& pair) {
  const Channels outputs = kept(pair, pair.value, pair.model_value);
  Array<float> filter = kept_filter(pair, kept_inputs(pair), outputs);
  std::vector<double> bias = claim_scaling(pair, filter);
  const auto of_model = model_.parameters.find(pair.of_model->name + ".bias");
  if (of_model != model_.parameters.end()) {
    for (std::size_t o = 0; o < outputs.size(); ++o) bias[o] += of_model->second[outputs[o]];
  }
  start_.parameters[pair.layer->name + ".filter"] = std::move(filter);
  if (pair.normalization != nullptr) {
    give_normalization(pair, outputs, bias);
  } else {
    give_vector(pair.layer->name + ".bias", bias);
  }
}

Array<float> Start::kept_filter(const LayerPair& pair, const Channels& inputs,
                                const Channels& outputs) const {
  if (const auto found = pruned_.find(pair.model_value); found != pruned_.end()) {
    Array<float> filter({outputs.size(), 1, 1, inputs.size()});
    MatrixView<float>(filter.data(), index(outputs.size()), index(inputs.size())) =
        found->second.pruned.map(outputs, Eigen::all).cast<float>();
    return filter;
  }
  const Tensor& from = of_model(pair, ".filter");
  const bool has_channels_last = is_depthwise(*pair.layer);  // [kh, kw, c], not [out, .., in].
  const Channels& columns = has_channels_last ? outputs : inputs;
  Shape shape = from.shape();
  const std::size_t rows_per_output = from.size() / shape.front() / shape.back();
  const std::size_t from_columns = shape.back();
  shape.back() = columns.size();
  if (!has_channels_last) shape.front() = outputs.size();
  Array<float> filter(shape);
  for (std::size_t row = 0; row < filter.size() / columns.size(); ++row) {
    const std::size_t from_row =
        has_channels_last
            ? row
            : outputs[row / rows_per_output] * rows_per_output + row % rows_per_output;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      filter[row * columns.size() + c] = from[from_row * from_columns + columns[c]];
    }
  }
  return filter;
}

/// The model is given (p - m) s of a pixel p, the network (p - n) t: the first layer's filter takes
/// the factor s / t. Returns what its outputs then lack: the sum over the filter of (n - m) s.
std::vector<double> Start::claim_scaling(const LayerPair& pair, Array<float>& filter) const {
  const std::size_t outputs = shape(pair.value).back();
  std::vector<double> lacks(outputs, 0.0);
  if (pair.of_model->inputs.front() != 0) return lacks;
  const Preprocessing& theirs = model_.preprocessing;
  const std::size_t inputs = theirs.mean.size();
  const std::size_t per_output = filter.size() / outputs;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const std::size_t c = i % inputs;
    lacks[i / per_output] += static_cast<double>(filter[i]) *
                             (preprocessing_.mean[c] - theirs.mean[c]) * theirs.scale[c];
    filter[i] *= theirs.scale[c] / preprocessing_.scale[c];
  }
  return lacks;
}

/// Whatever the batch, the normalisation gives back the mean and variance that the model's layer
/// has; where the layer was pruned, its own variance, since what is lost is not to be made up by
/// noise.
void Start::give_normalization(const LayerPair& pair, const Channels& outputs,
                               const std::vector<double>& bias) {
  const ChannelStatistics& measured = statistics_.at(pair.model_value);
  const auto pruned = pruned_.find(pair.model_value);
  const double epsilon = std::get<BatchNormalization>(pair.normalization->kind).epsilon;
  std::vector<double> mean, variance, scale, shift;
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const Eigen::Index channel = index(outputs[o]);
    const bool is_pruned = pruned != pruned_.end();
    mean.push_back(is_pruned ? pruned->second.mean(channel) : measured.mean(channel) - bias[o]);
    variance.push_back(is_pruned ? pruned->second.variance(channel) : measured.variance(channel));
    scale.push_back(std::sqrt(variance.back() + epsilon));
    shift.push_back(measured.mean(channel));
  }
  const std::string& name = pair.normalization->name;
  give_vector(name + ".mean", mean);
  give_vector(name + ".variance", variance);
  give_vector(name + ".scale", scale);
  give_vector(name + ".shift", shift);
}

void Start::give_vector(const std::string& name, const std::vector<double>& values) {
  Array<float> array({values.size()});
  for (std::size_t i = 0; i < values.size(); ++i) array[i] = static_cast<float>(values[i]);
  start_.parameters[name] = std::move(array);
}

}  // namespace

ModelStart start_from_model(const Model& model, const NetworkSpec& network,
                            const Preprocessing& preprocessing, std::span<const FineImage> photos,
                            int threads) {
  return Start(model, network, preprocessing).make(photos, threads);
}

void check_model_start(const Model& model, const NetworkSpec& network) {
  Start(model, network, model.preprocessing).check();
}

}  // namespace visavis
