#include "native/commands/commands.h"

#include "native/commands/zero_shot_commands.h"
#include "native/system/version.h"

namespace visavis {

void add_commands(CLI::App& app, int& exit_code) {
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text(), "Print the version and end");
  add_compare_command(app, exit_code);
  add_enrol_command(app, exit_code);
  add_embed_command(app, exit_code);
  add_evaluate_command(app, exit_code);
  add_classify_command(app, exit_code);
  add_calibrate_command(app, exit_code);
  add_debias_command(app, exit_code);
  add_import_command(app, exit_code);
  add_convert_command(app, exit_code);
  add_inspect_command(app, exit_code, quantization_inspection());
  add_bench_command(app, exit_code);
  add_train_command(app, exit_code);
  add_probe_command(app, exit_code);
  add_zero_shot_command(app, exit_code);
}

}  // namespace visavis
