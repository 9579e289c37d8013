#pragma once

#include <CLI/CLI.hpp>

namespace visavis {

/// Adds --scale, which `scale` (outliving the parse) receives.
inline CLI::Option* add_scale_option(CLI::App& command, double& scale) {
  return command
      .add_option("--scale", scale,
                  "Factor of the similarities before the softmax, as in training: sharper "
                  "probabilities, and attention to the nearest examples alone (default 10)")
      ->check(CLI::Range(1e-6, 1e6));
}

}  // namespace visavis
