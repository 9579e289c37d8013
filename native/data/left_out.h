#pragma once

#include <string>
#include <vector>

#include "native/system/progress_sink.h"

namespace visavis {

/// Tells what is not used, a line each with its reason: the first few, then how many there are in
/// all and, where `listed_in` is not empty, which file lists them.
void say_left_out(ProgressSink& progress, const std::vector<std::string>& lines,
                  const std::string& listed_in = "");

}  // namespace visavis
