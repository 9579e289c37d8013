#include "native/training/run/export_model.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/network/dead_channels.h"
#include "native/system/atomic_file.h"

namespace visavis {

Preprocessing training_preprocessing(int channels) {
  if (channels != 1 && channels != 3) {
    throw Error(ErrorCode::kInvalidArgument,
                "a network trained here takes 1 (grey) or 3 (RGB) "
                "channels, not " +
                    std::to_string(channels));
  }
  const auto count = static_cast<std::size_t>(channels);
  return {std::vector<float>(count, 127.5F), std::vector<float>(count, 1 / 127.5F)};
}

AlignmentTemplate training_template112() {
  return {{{38.79459953F, 52.19630051F},
           {74.03179932F, 52.00139999F},
           {56.52519989F, 72.23660278F},
           {42.04930115F, 92.86550140F},
           {71.22990036F, 92.70410156F}}};
}

AlignmentTemplate scaled_template(const AlignmentTemplate& template112, int width, int height) {
  AlignmentTemplate scaled = template112;
  for (Point& point : scaled.points) {
    point.x *= static_cast<float>(width) / 112;
    point.y *= static_cast<float>(height) / 112;
  }
  return scaled;
}

Model export_model(const std::string& name, const NetworkSpec& spec, const Parameters& parameters,
                   const AlignmentTemplate& alignment, Record record, const FewShotHead& head) {
  Model model;
  model.name = name;
  model.kind = ModelKind::kEmbedder;
  model.network = spec;
  model.parameters = parameters;
  if (spec.input.size() != 3) {
    throw Error(ErrorCode::kInvalidArgument, "the network's input " + to_string(spec.input) +
                                                 " is no image (height x width x channels)");
  }
  model.preprocessing = training_preprocessing(static_cast<int>(spec.input[2]));
  model.few_shot = head;
  for (const ParameterSpec& parameter : head_parameter_specs(head.kind, output_length(spec))) {
    model.few_shot.parameters.insert(model.parameters.extract(parameter.name));
  }
  model.alignment = alignment;
  model.record = std::move(record);
  model = fold_batch_normalization(model);
  remove_dead_channels(model.network, model.parameters);
  return model;
}

CalibrationTable calibrate_on(const ValidationResult& validation, const std::string& source) {
  std::vector<float> genuine;
  std::vector<float> impostor;
  for (const LabelledPair& pair : validation.pairs) {
    if (pair.is_genuine || pair.has_face) {
      (pair.is_genuine ? genuine : impostor).push_back(pair.distance);
    }
  }
  if (genuine.empty()) return {};
  const std::size_t pairs = impostor.size();
  for (const std::size_t one_in : {std::size_t{1000}, std::size_t{100}, kFewestImpostorPairs}) {
    if (pairs < one_in) continue;
    std::string said = source;
    if (one_in != 1000) {
      said += "; threshold at FMR 1 in " + std::to_string(one_in) + ": " + std::to_string(pairs) +
              " impostor pairs are too few for 1 in 1000";
    }
    return calibrate(std::move(genuine), std::move(impostor), 1.0 / static_cast<double>(one_in),
                     std::move(said));
  }
  return {};
}

void write_model(const Model& model, const std::filesystem::path& file, WeightStorage storage) {
  write_file_atomically(file, [&](std::ostream& out) { save_model(model, out, storage); });
}

}  // namespace visavis
