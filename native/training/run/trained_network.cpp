#include "native/training/run/trained_network.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "core/base/error.h"
#include "native/models/model_files.h"
#include "native/training/data/teacher_labels.h"
#include "native/training/metric/kissme.h"
#include "native/training/run/export_model.h"

namespace visavis {
namespace {

[[noreturn]] void refuse_model(const NetworkPlan& plan, const std::string& why) {
  throw Error(ErrorCode::kModelMismatch, "--arch " + std::string(kArchitectureOfInit) + ": " +
                                             plan.init.string() + ": " + why);
}

Model read_init(const NetworkPlan& plan) {
  if (plan.init.empty()) {
    refuse("train", "--arch " + std::string(kArchitectureOfInit) +
                        " takes the network of a model file; name it: --init MODEL");
  }
  Model model = read_model(plan.init);
  remove_metric(model);
  if (model.kind != ModelKind::kEmbedder) {
    refuse_model(plan, "it is a model of kind " + to_string(model.kind) + "; give an embedder");
  }
  if (model.network.outputs.size() != 1 || model.few_shot.kind != FewShotHeadKind::kNone) {
    refuse_model(plan,
                 "it has several outputs or compares by a layer of its own; give an "
                 "embedder with one output");
  }
  return model;
}

/// A 1x1 depthwise convolution that alone reads the input scales pixels: preprocessing does that.
void fold_pixel_scaling(Model& model) {
  std::vector<Layer>& layers = model.network.layers;
  const auto* first = std::get_if<DepthwiseConvolution>(&layers.front().kind);
  const auto reads_input = [](const Layer& layer) {
    return std::count(layer.inputs.begin(), layer.inputs.end(), 0) > 0;
  };
  if (first == nullptr || std::count_if(layers.begin(), layers.end(), reads_input) != 1) return;
  const Window& w = first->window;
  if (w.kernel_height * w.kernel_width * w.stride_height * w.stride_width != 1) return;
  const Tensor& factor = model.parameters.at(layers.front().name + ".filter");
  if (std::count(factor.data(), factor.data() + factor.size(), 0.0F) > 0) return;
  const auto bias = model.parameters.find(layers.front().name + ".bias");
  // ((p - m) s) f + b = (p - (m - b / (s f))) (s f)
  Preprocessing& preprocessing = model.preprocessing;
  for (std::size_t c = 0; c < factor.size(); ++c) {
    preprocessing.scale[c] *= factor[c];
    if (bias != model.parameters.end()) {
      preprocessing.mean[c] -= bias->second[c] / preprocessing.scale[c];
    }
  }
  for (const char* parameter : {".filter", ".bias"}) {
    model.parameters.erase(layers.front().name + parameter);
  }
  layers.erase(layers.begin());
  const auto renumber = [](ValueId& id) { id = std::max(0, id - 1); };
  for (Layer& layer : layers) std::for_each(layer.inputs.begin(), layer.inputs.end(), renumber);
  std::for_each(model.network.outputs.begin(), model.network.outputs.end(), renumber);
}

void replace_equal_slopes(Model& model) {
  for (Layer& layer : model.network.layers) {
    if (!std::holds_alternative<Prelu>(layer.kind)) continue;
    const auto found = model.parameters.find(layer.name + ".slope");
    const Tensor& slope = found->second;
    const auto is_other = [&](float value) { return value != slope[0]; };
    if (std::any_of(slope.data(), slope.data() + slope.size(), is_other)) continue;
    layer.kind = LeakyRelu{slope[0]};
    model.parameters.erase(found);
  }
}

}  // namespace

TrainedNetwork trained_network(const NetworkPlan& plan) {
  if (plan.architecture != kArchitectureOfInit) {
    return {make_architecture(plan.architecture, plan.architecture_options),
            training_preprocessing(plan.architecture_options.channels),
            training_template112(),
            {}};
  }
  Model model = read_init(plan);
  fold_pixel_scaling(model);
  replace_equal_slopes(model);
  const std::vector<Shape> shapes = infer_shapes(model.network);
  const ValueId output = model.network.outputs.front();
  if (shapes[static_cast<std::size_t>(output)].size() != 1) {
    model.network.outputs = {add_layer(model.network, "embedding", Flatten{}, {output})};
  }
  return {model.network, model.preprocessing, template112_of(model), std::move(model.parameters)};
}

void take_sizes_of_init(NetworkPlan& plan, bool aligns_faces) {
  if (plan.architecture != kArchitectureOfInit) return;
  const Model model = read_init(plan);
  ArchitectureOptions& sizes = plan.architecture_options;
  sizes.height = static_cast<int>(model.network.input[0]);
  sizes.width = static_cast<int>(model.network.input[1]);
  sizes.channels = static_cast<int>(model.network.input[2]);
  sizes.embedding_length = static_cast<int>(output_length(model.network));
  if (aligns_faces == model.alignment.points.empty()) {
    refuse_model(plan, aligns_faces ? "it takes images as they are; give --whole-images"
                                    : "it takes aligned faces; leave --whole-images out");
  }
}

}  // namespace visavis
