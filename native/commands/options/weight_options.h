#pragma once

#include <CLI/CLI.hpp>

#include "core/model/model_file.h"

namespace visavis {

/// --weights fp32|fp16|int8.
CLI::Option* add_weights_option(CLI::App& command, WeightStorage& storage);

}  // namespace visavis
