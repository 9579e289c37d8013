#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/model_file.h"

namespace visavis {

/// "fp32", "fp16", "int8"
std::string to_string(WeightStorage storage);

/// --weights fp32|fp16|int8.
CLI::Option* add_weights_option(CLI::App& command, WeightStorage& storage);

}  // namespace visavis
