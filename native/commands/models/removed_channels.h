#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <iostream>

#include "core/model/model.h"
#include "core/network/clean_parameters.h"
#include "core/network/dead_channels.h"

namespace visavis {

inline void add_keep_dead_channels_option(CLI::App& command, bool& keep) {
  command.add_flag("--keep-dead-channels", keep,
                   "Leave channels in that no output depends on, so that the layers keep their "
                   "sizes: for `visavis train --init` with a network that has a name");
}

/// Sets tiny weights to zero and, unless `keep`, cuts dead channels out. Gives how many they were.
inline std::size_t clean_model(Model& model, bool keep) {
  if (!keep) return remove_dead_channels(model.network, model.parameters);
  zero_tiny_weights(model.parameters);
  return 0;
}

/// Says on standard output how many dead channels were cut out, if any.
inline void print_removed_channels(std::size_t count) {
  if (count == 0) return;
  std::cout << fmt::format("removed {} dead channel{}: no output depends on them\n", count,
                           count == 1 ? "" : "s");
}

}  // namespace visavis
