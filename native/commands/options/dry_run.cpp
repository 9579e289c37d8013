#include "native/commands/options/dry_run.h"

#include <iostream>

#include "native/commands/options/exit_codes.h"
#include "native/system/printable.h"

namespace visavis {

void add_dry_run_option(CLI::App& command, bool& is_dry_run) {
  command.add_flag("--dry-run", is_dry_run,
                   "Read options, files and models, check all that can be checked before the work, "
                   "say what would be done, and stop");
}

int end_dry_run(const std::string& work) {
  std::cout << "dry run: would " << printable(work) << '\n';
  return kExitDone;
}

}  // namespace visavis
