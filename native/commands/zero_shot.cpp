#include <iostream>

#include "core/base/error.h"
#include "native/commands/commands.h"
#include "native/commands/zero_shot_commands.h"
#include "native/system/printable.h"

namespace visavis {

void add_feature_options(CLI::App& command, FeatureOptions& options) {
  auto* model =
      command.add_option("--model", options.models.embedder,
                         "Model file that embeds the images, of faces or of whole images");
  command
      .add_flag("--pixels", options.pixels,
                "No model: ink and slopes of lines in coarse cells (drawings, characters)")
      ->excludes(model);
  command.add_option("--models", options.models.folder,
                     "Folder of the models that find and align faces (default: $VISAVIS_MODELS, "
                     "else build/models)");
}

ImageFeatures open_features(const FeatureOptions& options) {
  if (options.pixels) return ImageFeatures::of_ink();
  if (options.models.embedder.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "zero-shot: name the model that embeds the images (--model FILE), or take their "
                "pixels (--pixels)");
  }
  return ImageFeatures::of_model(options.models);
}

CLI::Option* add_method_option(CLI::App& command, std::string& method) {
  return command
      .add_option("--method", method,
                  "eszsl (Romera-Paredes and Torr 2015) or dap (Lampert et al. 2009)")
      ->check(CLI::IsMember({"eszsl", "dap"}));
}

ZeroShotMethod parse_method(const std::string& method) {
  return method == "dap" ? ZeroShotMethod::kDap : ZeroShotMethod::kEszsl;
}

void report_problems(const std::vector<std::string>& problems) {
  constexpr std::size_t kMaxNamed = 10;
  for (std::size_t i = 0; i < problems.size() && i < kMaxNamed; ++i) {
    std::cerr << "no embedding: " << printable(problems[i]) << '\n';
  }
  if (problems.size() > kMaxNamed) {
    std::cerr << "no embedding: " << problems.size() - kMaxNamed << " more\n";
  }
}

void add_zero_shot_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "zero-shot", "Tell classes that were never seen, from descriptions of them");
  command->require_subcommand(1);
  add_zero_shot_describe(*command, exit_code);
  add_zero_shot_train(*command, exit_code);
  add_zero_shot_classify(*command, exit_code);
  add_zero_shot_evaluate(*command, exit_code);
}

}  // namespace visavis
