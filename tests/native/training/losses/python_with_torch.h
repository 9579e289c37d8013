#pragma once

#include <cstdlib>
#include <string>

namespace visavis {

/// The first python3 that has PyTorch, as a word for the shell: the one on the path may be another
/// than the one Debian's python3-torch belongs to. Empty where there is none.
inline std::string python_with_torch() {
  for (const std::string python : {"python3", "/usr/bin/python3"}) {
    if (std::system((python + " -c 'import torch' >/dev/null 2>&1").c_str()) == 0) return python;
  }
  return {};
}

}  // namespace visavis
