#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/model/model_file.h"
#include "native/commands/commands.h"
#include "native/commands/models/removed_channels.h"
#include "native/commands/options/exit_codes.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/weight_options.h"
#include "native/models/calibration_json.h"
#include "native/models/model_files.h"
#include "native/models/simplify.h"
#include "native/quantization/calibration_crops.h"
#include "native/quantization/choose_scales.h"
#include "native/system/atomic_file.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

struct ConvertOptions {
  std::filesystem::path model;
  std::filesystem::path out;
  WeightStorage weights = WeightStorage::kFloat32;
  bool keep_dead_channels = false;
  std::filesystem::path calibration;
  std::string name;
  bool simplifies = false;
  std::string activations;          ///< "fp32", "int8", or nothing: as they are.
  std::vector<std::string> images;  ///< That scales are measured on.
  std::string models;
  QuantizationOptions quantization;
  std::vector<std::string> fp32_layers;
  int threads = 0;
};

/// WeightStorage goes from exact to coarse.
bool is_coarser(WeightStorage a, WeightStorage b) {
  return static_cast<int>(a) > static_cast<int>(b);
}

constexpr const char* kFloat32Activations = "fp32";
constexpr const char* kInt8Activations = "int8";

void check_options(const ConvertOptions& options) {
  const bool is_int8 = options.activations == kInt8Activations;
  if (is_int8 && options.images.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "--activations int8 measures ranges on photos: name some with --images");
  }
  if (!is_int8 && (!options.images.empty() || !options.fp32_layers.empty())) {
    throw Error(ErrorCode::kInvalidArgument,
                "--images and --fp32-layers go with --activations int8");
  }
  check_output_file("--out", options.out, OutputKind::kModel,
                    {options.model.string(), options.calibration.string()});
}

/// Activation scales for `model`, which was read from options.model.
ActivationScales measure_scales(const ConvertOptions& options, const Model& model) {
  QuantizationOptions quantization = options.quantization;
  quantization.fp32_layers.insert(options.fp32_layers.begin(), options.fp32_layers.end());
  int8_candidates(model.network, quantization.fp32_layers);  // A wrong name, before the photos.
  const PhotoInputs inputs = open_photos(options.images, terminal_progress());
  ModelChoice choice;
  choice.folder = options.models;
  choice.embedder = options.model.string();
  return choose_scales(
      model, calibration_crops(choice, inputs.photos, options.threads, terminal_progress()),
      quantization);
}

void run_convert(const ConvertOptions& options) {
  check_options(options);
  WeightStorage stored = WeightStorage::kFloat32;
  Model model = read_model(options.model, &stored);
  if (!options.calibration.empty()) model.calibration = read_calibration(options.calibration);
  if (!options.name.empty()) model.name = options.name;
  if (options.simplifies) simplify(model);
  const std::size_t removed = clean_model(model, options.keep_dead_channels);
  if (is_coarser(stored, options.weights)) {
    std::cerr << fmt::format(
        "{}: its weights are {}, so {} gains nothing: convert the file that "
        "training wrote\n",
        options.model.string(), to_string(stored), to_string(options.weights));
  }
  if (options.activations == kInt8Activations) {
    model.activation_scales = measure_scales(options, model);
  } else if (options.activations == kFloat32Activations) {
    model.activation_scales.clear();
  }
  const auto megabytes = [](const std::filesystem::path& file) {
    std::error_code is_device;  // /dev/null has no size.
    const std::uintmax_t bytes = std::filesystem::file_size(file, is_device);
    return is_device ? 0.0 : static_cast<double>(bytes) / 1e6;
  };
  write_file_atomically(options.out,
                        [&](std::ostream& out) { save_model(model, out, options.weights); });
  std::cout << fmt::format("{}: '{}', weights {}, {:.2f} MB (they were {}, {:.2f} MB)\n",
                           options.out.string(), model.name, to_string(options.weights),
                           megabytes(options.out), to_string(stored), megabytes(options.model));
  print_removed_channels(removed);
}

}  // namespace

void add_convert_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = app.add_subcommand(
      "convert",
      "Store a model's weights otherwise and without dead channels; all else stays as it is "
      "unless another is given");
  command->add_option("model", options->model, "The model file")->required();
  add_weights_option(*command, options->weights)->required();
  add_keep_dead_channels_option(*command, options->keep_dead_channels);
  command->add_option("--calibration", options->calibration,
                      "Table of `visavis calibrate` to ship instead of the model's own");
  command->add_option("--name", options->name, "The model's name (default: the one it has)");
  command->add_flag(
      "--simplify", options->simplifies,
      "Make a scaling of the pixels by the first layer preprocessing, and slopes that "
      "are one for all channels of a layer a leaky rectifier's");
  command
      ->add_option("--activations", options->activations,
                   "What the network computes in: fp32, or int8 where that is faster, with a scale "
                   "per value measured on --images (default: as it does)")
      ->check(CLI::IsMember({kFloat32Activations, kInt8Activations}));
  command->add_option("--images", options->images,
                      "With --activations int8: folders, tars or photos like those to come; some "
                      "hundred are enough");
  add_number_option(*command, "--percentile", options->quantization.percentile, {50, 100},
                    "With --activations int8: how many in 100 of a value's elements its range "
                    "holds; 100: from the least to the largest");
  command->add_option("--fp32-layers", options->fp32_layers,
                      "With --activations int8: layers to leave in fp32");
  command->add_option("--models", options->models,
                      "With --images: folder of the models that find and align faces");
  add_threads_option(*command, options->threads);
  command->add_option("--out", options->out, "The model file to write")->required();
  command->callback([options, &exit_code] {
    run_convert(*options);
    exit_code = kExitDone;
  });
}

}  // namespace visavis
