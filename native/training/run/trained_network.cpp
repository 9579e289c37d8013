#include "native/training/run/trained_network.h"

#include <string>
#include <utility>

#include "core/base/error.h"
#include "native/models/model_files.h"
#include "native/models/simplify.h"
#include "native/training/data/teacher_labels.h"
#include "native/training/metric/group_projection.h"
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
  remove_group_projection(model);
  remove_metric(model);
  model.activation_scales.clear();  // Training moves the ranges that they hold.
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

}  // namespace

TrainedNetwork trained_network(const NetworkPlan& plan) {
  if (plan.architecture != kArchitectureOfInit) {
    return {make_architecture(plan.architecture, plan.architecture_options),
            training_preprocessing(plan.architecture_options.channels),
            training_template112(),
            {}};
  }
  Model model = read_init(plan);
  simplify(model);
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
