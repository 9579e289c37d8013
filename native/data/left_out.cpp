#include "native/data/left_out.h"

#include <algorithm>
#include <cstddef>

#include "native/system/printable.h"

namespace visavis {

void say_left_out(ProgressSink& progress, const std::vector<std::string>& lines,
                  const std::string& listed_in) {
  constexpr std::size_t kMaxShown = 5;
  for (std::size_t i = 0; i < std::min(lines.size(), kMaxShown); ++i) {
    progress.say("left out: " + printable(lines[i]));
  }
  if (lines.size() <= kMaxShown) return;
  progress.say("left out: " + std::to_string(lines.size()) + " in all" +
               (listed_in.empty() ? "" : ", listed in " + listed_in));
}

}  // namespace visavis
