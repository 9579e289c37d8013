#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/base/number_range.h"
#include "native/models/model_files.h"

namespace visavis {

/// Adds --model and --models, which `choice` (outliving the parse) receives.
void add_model_options(CLI::App& command, ModelChoice& choice);

/// The same for a command that takes --model several times; `embedders` receives them.
void add_models_options(CLI::App& command, ModelChoice& choice,
                        std::vector<std::string>& embedders);

/// The number of threads that an option takes; 0: one per usable processor.
inline constexpr NumberRange kThreadsRange{0, 1024};

/// Adds --threads: 0 means one per usable processor.
void add_threads_option(CLI::App& command, int& threads);

}  // namespace visavis
