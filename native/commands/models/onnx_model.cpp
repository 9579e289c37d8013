#include "native/commands/models/onnx_model.h"

#include <utility>

#include "native/commands/models/removed_channels.h"
#include "native/models/model_settings.h"
#include "native/onnx/assumed_preprocessing.h"
#include "native/onnx/onnx_importer.h"
#include "native/system/atomic_file.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxOnnxBytes = std::size_t{1} << 30U;

}  // namespace

ImportedModel import_onnx_model(const OnnxModelSource& source) {
  ImportedModel imported;
  imported.network =
      import_onnx(read_file(source.onnx, kMaxOnnxBytes), source.onnx.string(), source.size);
  Model& model = imported.model;
  model.name = source.onnx.stem().string();
  model.network = imported.network.network;
  model.parameters = imported.network.parameters;
  AssumedPreprocessing assumed = assume_preprocessing(imported.network);
  model.preprocessing = std::move(assumed.preprocessing);
  imported.preprocessing_reason = std::move(assumed.reason);
  if (!source.settings.empty()) {
    apply_settings(source.settings, model);
    imported.preprocessing_reason = "by the settings in " + source.settings.string();
  }
  if (!source.name.empty()) model.name = source.name;
  model.record.emplace_back("imported from", source.onnx.filename().string());
  if (!imported.network.producer.empty()) {
    model.record.emplace_back("written by", imported.network.producer);
  }
  model = fold_batch_normalization(model);
  imported.removed_channels = clean_model(model, source.keeps_dead_channels);
  return imported;
}

}  // namespace visavis
