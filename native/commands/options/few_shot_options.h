#pragma once

#include <CLI/CLI.hpp>

#include "native/commands/options/number_option.h"

namespace visavis {

/// How many classes of an answer may be asked for.
inline constexpr NumberRange kTopRange{1, 1'000'000};

/// Adds --scale, which `scale` (outliving the parse) receives.
inline CLI::Option* add_scale_option(CLI::App& command, double& scale) {
  return add_number_option(
      command, "--scale", scale, {1e-6, 1e6},
      "Factor of the similarities before the softmax, as in training: sharper probabilities, and "
      "attention to the nearest examples alone (default 10)");
}

}  // namespace visavis
