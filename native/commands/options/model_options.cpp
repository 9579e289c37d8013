#include "native/commands/options/model_options.h"

#include "native/commands/options/number_option.h"

namespace visavis {

void add_model_options(CLI::App& command, ModelChoice& choice) {
  command.add_option("--model", choice.embedder,
                     "Embedder to use (default: the one that the page uses)");
  command.add_option("--models", choice.folder,
                     "Folder of the default models (default: $VISAVIS_MODELS, else build/models)");
  command.add_flag("--mirror", choice.averages_mirror,
                   "Average each embedding with that of the face's mirror image: twice the time. "
                   "The model's own error rates were measured without");
}

void add_threads_option(CLI::App& command, int& threads) {
  add_number_option(command, "--threads", threads, kThreadsRange,
                    "Photos at a time (default 0: one per processor), no more than processors");
}

}  // namespace visavis
