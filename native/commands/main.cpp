#include "native/commands/commands.h"
#include "native/commands/options/run_program.h"

int main(int argc, char** argv) { return visavis::run_program(argc, argv, visavis::add_commands); }
