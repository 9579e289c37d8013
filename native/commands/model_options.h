#pragma once

#include <CLI/CLI.hpp>

#include "native/model_files.h"

namespace visavis {

/// Adds --model and --models, which `choice` (outliving the parse) receives.
void add_model_options(CLI::App& command, ModelChoice& choice);

/// Adds --threads: 0 means one per usable processor.
void add_threads_option(CLI::App& command, int& threads);

}  // namespace visavis
