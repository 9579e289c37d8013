#include "native/terminal/left_out.h"

#include <algorithm>
#include <cstddef>
#include <iostream>

#include "native/system/printable.h"

namespace visavis {

void say_left_out(const std::vector<std::string>& lines, const std::string& listed_in) {
  constexpr std::size_t kMaxShown = 5;
  for (std::size_t i = 0; i < std::min(lines.size(), kMaxShown); ++i) {
    std::cerr << "left out: " << printable(lines[i]) << '\n';
  }
  if (lines.size() <= kMaxShown) return;
  std::cerr << "left out: " << lines.size() << " in all"
            << (listed_in.empty() ? "" : ", listed in " + listed_in) << '\n';
}

}  // namespace visavis
