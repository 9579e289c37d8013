#pragma once

#include "native/system/printable.h"
#include "tests/fuzz/answer.h"

namespace visavis::fuzz {

/// As accepted, of a reader whose messages the command line shows.
template <typename Read>
auto accepted_by_command(Read read) {
  return accepted(read, [](const std::string& message) { return printable(message); });
}

}  // namespace visavis::fuzz
