#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>

namespace visavis {

struct InspectOptions {
  std::filesystem::path model;
  bool json = false;
};

/// Another way to show a model, for what `visavis` links and the smaller program does not.
struct MoreInspection {
  std::function<void(CLI::App& command)> add_options;
  /// Gives whether those options asked for it, and then has shown the model.
  std::function<bool(const InspectOptions& options)> show;
};

/// The commands that make and show model files; see commands.h.
void add_import_command(CLI::App& app, int& exit_code);
void add_inspect_command(CLI::App& app, int& exit_code, const MoreInspection& more = {});

}  // namespace visavis
