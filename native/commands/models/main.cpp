// visavis_models: the commands that make the page's models, and no others, so that the page need
// not wait until the trainer is compiled.
#include "native/commands/models/model_commands.h"
#include "native/commands/options/run_program.h"

int main(int argc, char** argv) {
  return visavis::run_program(argc, argv, [](CLI::App& app, int& exit_code) {
    app.require_subcommand(1);
    visavis::add_import_command(app, exit_code);
    visavis::add_inspect_command(app, exit_code);
  });
}
