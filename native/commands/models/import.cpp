#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "core/base/error.h"
#include "core/base/parse_number.h"
#include "core/model/model_file.h"
#include "native/commands/models/model_commands.h"
#include "native/commands/models/onnx_model.h"
#include "native/commands/models/removed_channels.h"
#include "native/commands/options/exit_codes.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/weight_options.h"
#include "native/onnx/assumed_preprocessing.h"
#include "native/onnx/graph.h"
#include "native/onnx/onnx_importer.h"
#include "native/system/atomic_file.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

struct ImportOptions {
  std::filesystem::path onnx;
  std::filesystem::path out;
  std::filesystem::path settings;
  std::string name;
  std::string size;
  WeightStorage weights = WeightStorage::kFloat32;
  bool keep_dead_channels = false;
};

/// "112" or "640x480", height before width.
OnnxImportOptions size_options(const std::string& size) {
  if (size.empty()) return {};
  const std::size_t cross = size.find('x');
  const auto side = [&](const std::string& text) {
    const auto number = parse_whole_number<int>(text);
    if (!number || *number < 1 || *number > 1 << 13) {
      throw Error(
          ErrorCode::kInvalidArgument,
          "--size must be a side from 1 to 8192, as 112, or height x width, as 480x640, not '" +
              printable(size) + "'");
    }
    return *number;
  };
  if (cross == std::string::npos) return {side(size), side(size)};
  return {side(size.substr(0, cross)), side(size.substr(cross + 1))};
}

const char* channel_order(std::size_t channels) {
  if (channels == 1) return "luma";
  return channels == 3 ? "RGB" : "channels";
}

void print_input(const ImportedModel& imported) {
  const Shape& input = imported.model.network.input;
  std::cout << fmt::format("input   {}, height x width x {}, {}: {}\n", to_string(input),
                           channel_order(input[2]), describe(imported.model.preprocessing),
                           imported.preprocessing_reason);
  if (imported.network.normalisation) {
    std::cout << fmt::format("note    the network normalises its input itself, after that ({})\n",
                             describe(*imported.network.normalisation));
  }
}

void print_outputs(const ImportedModel& imported) {
  const std::vector<Shape> shapes = infer_shapes(imported.model.network);
  for (std::size_t i = 0; i < imported.network.outputs.size(); ++i) {
    const ImportedOutput& output = imported.network.outputs[i];
    const ValueId id = imported.model.network.outputs[i];
    std::cout << fmt::format(
        "output  '{}', {} in the file: {}{}\n", output.name, onnx_graph::to_string(output.dims),
        to_string(shapes[static_cast<std::size_t>(id)]), output.is_image ? ", channels last" : "");
  }
}

void print_check(const ImportedModel& imported) {
  if (imported.network.difference) {
    std::cout << fmt::format(
        "check   run on a random input, it differs from the file's own graph by {:.1e} of the "
        "largest output\n",
        *imported.network.difference);
  } else {
    std::cout << "check   too large to be held against the file's own graph\n";
  }
}

void run_import(const ImportOptions& options) {
  check_output_file("--out", options.out, OutputKind::kModel,
                    {options.onnx.string(), options.settings.string()});
  const ImportedModel imported =
      import_onnx_model({options.onnx, options.settings, options.name, size_options(options.size),
                         options.keep_dead_channels});
  const Model& model = imported.model;
  write_file_atomically(options.out,
                        [&](std::ostream& out) { save_model(model, out, options.weights); });
  std::size_t parameters = 0;
  for (const auto& [name, tensor] : model.parameters) parameters += tensor.size();
  std::error_code is_device;  // /dev/null has no size.
  const std::uintmax_t bytes = std::filesystem::file_size(options.out, is_device);
  std::cout << fmt::format(
      "{}: {} '{}', {} layers, {:.3f} M parameters, {:.1f} M multiply-adds, {:.2f} MB\n",
      options.out.string(), to_string(model.kind), model.name, model.network.layers.size(),
      static_cast<double>(parameters) / 1e6,
      static_cast<double>(multiply_adds(model.network)) / 1e6,
      is_device ? 0.0 : static_cast<double>(bytes) / 1e6);
  print_removed_channels(imported.removed_channels);
  print_input(imported);
  print_outputs(imported);
  print_check(imported);
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
  onnx->add_option(
      "--settings", options->settings,
      "JSON file with kind, preprocessing, template and record, as "
      "models/imported/*.json; without it: an embedder fed with pixels in -1..1, or as "
      "the network's own normalisation says");
  onnx->add_option("--size", options->size,
                   "Side, or HEIGHTxWIDTH, of the input where the file leaves it open");
  onnx->add_option("--name", options->name,
                   "Name of the model (default: that of the settings, "
                   "else of the file)");
  add_weights_option(*onnx, options->weights);
  add_keep_dead_channels_option(*onnx, options->keep_dead_channels);
  onnx->footer("Operators that are imported: " + importable_operators());
  onnx->callback([options, &exit_code] {
    run_import(*options);
    exit_code = kExitDone;
  });
}

}  // namespace visavis
