#pragma once

#include <string>

namespace visavis {

/// The project's version, as CMakeLists.txt states it: "0.1.0".
std::string version();

/// "visavis 0.1.0", and in a second line the instruction sets of this processor that networks use.
std::string version_text();

}  // namespace visavis
