#include "native/commands/options/model_options.h"

#include "native/commands/options/number_option.h"

namespace visavis {

namespace {

void add_folder_and_mirror(CLI::App& command, ModelChoice& choice) {
  command.add_option("--models", choice.folder,
                     "Folder of the default models (default: $VISAVIS_MODELS, else build/models)");
  command.add_flag("--mirror", choice.averages_mirror,
                   "Average each embedding with that of the face's mirror image: twice the time. "
                   "The model's own error rates were measured without");
}

}  // namespace

void add_model_options(CLI::App& command, ModelChoice& choice) {
  command.add_option("--model", choice.embedder,
                     "Embedder to use: a file, or a name as face128 (default: the one that the "
                     "page uses)");
  add_folder_and_mirror(command, choice);
}

void add_models_options(CLI::App& command, ModelChoice& choice,
                        std::vector<std::string>& embedders) {
  command
      .add_option(
          "--model", embedders,
          "Embedder to use: a model file, a name as face128, or FILE.onnx with its settings "
          "beside it (FILE.json) or named, FILE.onnx:SETTINGS.json; several times for a "
          "comparison (default: the one that the page uses)")
      ->allow_extra_args(false);
  add_folder_and_mirror(command, choice);
}

void add_threads_option(CLI::App& command, int& threads) {
  add_number_option(command, "--threads", threads, kThreadsRange,
                    "Photos at a time (default 0: one per processor), no more than processors");
}

}  // namespace visavis
