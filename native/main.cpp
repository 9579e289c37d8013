#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <new>

#include "core/error.h"
#include "native/commands/commands.h"
#include "native/commands/zero_shot_commands.h"
#include "native/flush_to_zero.h"
#include "native/interrupt.h"

namespace {

int exit_code_of(const visavis::Error& error) {
  return error.code() == visavis::ErrorCode::kNoFace ||
                 error.code() == visavis::ErrorCode::kFaceTooSmall
             ? visavis::kExitNoFace
             : visavis::kExitBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  const visavis::FlushToZero flush;  // Before the first thread, so that all inherit it.
  visavis::exit_on_interrupt();
  CLI::App app{"visavis: compare a passport photo with a selfie, on this machine"};
  app.require_subcommand(1);
  int exit_code = visavis::kExitDone;
  visavis::add_compare_command(app, exit_code);
  visavis::add_embed_command(app, exit_code);
  visavis::add_evaluate_command(app, exit_code);
  visavis::add_classify_command(app, exit_code);
  visavis::add_calibrate_command(app, exit_code);
  visavis::add_import_command(app, exit_code);
  visavis::add_convert_command(app, exit_code);
  visavis::add_inspect_command(app, exit_code);
  visavis::add_bench_command(app, exit_code);
  visavis::add_train_command(app, exit_code);
  visavis::add_probe_command(app, exit_code);
  visavis::add_zero_shot_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? visavis::kExitDone : visavis::kExitBadInput;
  } catch (const visavis::Error& error) {
    std::cerr << "visavis: " << error.what() << '\n';
    return exit_code_of(error);
  } catch (const std::bad_alloc&) {
    std::cerr << "visavis: out of memory; close other programs or use smaller photos\n";
    return visavis::kExitBadInput;
  } catch (const std::exception& error) {
    std::cerr << "visavis: " << error.what() << '\n';
    return visavis::kExitBadInput;
  }
  return exit_code;
}
