#pragma once

#include <string>
#include <vector>

namespace visavis {

/// Tells on stderr what is not used, a line each with its reason: the first few, then how many
/// there are in all and, where `listed_in` is not empty, which file lists them.
void say_left_out(const std::vector<std::string>& lines, const std::string& listed_in = "");

}  // namespace visavis
