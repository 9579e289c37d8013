#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/model/model_file.h"
#include "native/commands/models/model_commands.h"
#include "native/commands/models/removed_channels.h"
#include "native/commands/options/exit_codes.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/weight_options.h"
#include "native/models/calibration_json.h"
#include "native/models/model_files.h"
#include "native/models/simplify.h"
#include "native/system/atomic_file.h"

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
};

/// WeightStorage goes from exact to coarse.
bool is_coarser(WeightStorage a, WeightStorage b) {
  return static_cast<int>(a) > static_cast<int>(b);
}

void run_convert(const ConvertOptions& options) {
  check_output_file("--out", options.out, OutputKind::kModel,
                    {options.model.string(), options.calibration.string()});
  WeightStorage stored = WeightStorage::kFloat32;
  Model model = read_model(options.model, &stored);
  if (!options.calibration.empty()) model.calibration = read_calibration(options.calibration);
  const std::size_t removed = clean_model(model, options.keep_dead_channels);
  if (!options.name.empty()) model.name = options.name;
  if (options.simplifies) simplify(model);
  if (is_coarser(stored, options.weights)) {
    std::cerr << fmt::format(
        "{}: its weights are {}, so {} gains nothing: convert the file that "
        "training wrote\n",
        options.model.string(), to_string(stored), to_string(options.weights));
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
  command->add_option("--out", options->out, "The model file to write")->required();
  command->callback([options, &exit_code] {
    run_convert(*options);
    exit_code = kExitDone;
  });
}

}  // namespace visavis
