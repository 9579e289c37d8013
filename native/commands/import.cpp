#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "core/model_file.h"
#include "native/atomic_file.h"
#include "native/commands/commands.h"
#include "native/commands/output_check.h"
#include "native/commands/weight_options.h"
#include "native/model_settings.h"
#include "native/onnx_importer.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxOnnxBytes = std::size_t{1} << 30U;

struct ImportOptions {
  std::filesystem::path onnx;
  std::filesystem::path out;
  std::filesystem::path settings;
  std::string name;
  WeightStorage weights = WeightStorage::kFloat32;
};

Model import_model(const ImportOptions& options) {
  const std::string source = options.onnx.string();
  ImportedNetwork imported = import_onnx(read_file(options.onnx, kMaxOnnxBytes), source);
  Model model;
  model.name = options.onnx.stem().string();
  model.network = std::move(imported.network);
  model.parameters = std::move(imported.parameters);
  set_preprocessing(model, 127.5F, 127.5F);
  if (!options.settings.empty()) apply_settings(options.settings, model);
  if (!options.name.empty()) model.name = options.name;
  model.record.emplace_back("imported from", options.onnx.filename().string());
  if (!imported.producer.empty()) model.record.emplace_back("written by", imported.producer);
  return fold_batch_normalization(model);
}

void run_import(const ImportOptions& options) {
  check_output_file("--out", options.out, OutputKind::kModel,
                    {options.onnx.string(), options.settings.string()});
  const Model model = import_model(options);
  write_file_atomically(options.out,
                        [&](std::ostream& out) { save_model(model, out, options.weights); });
  std::size_t parameters = 0;
  for (const auto& [name, tensor] : model.parameters) parameters += tensor.size();
  std::cout << fmt::format(
      "{}: {} '{}', {} layers, {:.3f} M parameters, {:.1f} M multiply-adds, {:.2f} MB\n",
      options.out.string(), to_string(model.kind), model.name, model.network.layers.size(),
      static_cast<double>(parameters) / 1e6,
      static_cast<double>(multiply_adds(model.network)) / 1e6,
      static_cast<double>(std::filesystem::file_size(options.out)) / 1e6);
}

}  // namespace

void add_import_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* import = app.add_subcommand("import", "Turn a network of another format into a model");
  import->require_subcommand(1);
  CLI::App* onnx = import->add_subcommand(
      "onnx",
      "Import an ONNX network: one image in, static shapes, the layers of `visavis inspect`");
  onnx->add_option("file", options->onnx, "The ONNX file")->required();
  onnx->add_option("--out", options->out, "The model file to write")->required();
  onnx->add_option("--settings", options->settings,
                   "JSON file with kind, preprocessing, template and record, as "
                   "models/imported/*.json; without it: an embedder fed with pixels in -1..1");
  onnx->add_option("--name", options->name,
                   "Name of the model (default: that of the settings, "
                   "else of the file)");
  add_weights_option(*onnx, options->weights);
  onnx->callback([options, &exit_code] {
    run_import(*options);
    exit_code = kExitDone;
  });
}

}  // namespace visavis
