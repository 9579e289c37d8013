#include "native/system/version.h"

namespace visavis {
namespace {

/// Those that choose XNNPACK's kernels, from old to new.
std::string instructions() {
#if defined(__x86_64__)
  std::string names = "SSE2";
  const auto add = [&names](bool is_there, const char* name) {
    if (is_there) names += std::string(" ") + name;
  };
  add(__builtin_cpu_supports("sse4.1"), "SSE4.1");
  add(__builtin_cpu_supports("avx"), "AVX");
  add(__builtin_cpu_supports("fma"), "FMA");
  add(__builtin_cpu_supports("avx2"), "AVX2");
  add(__builtin_cpu_supports("avx512f"), "AVX-512");
  return names;
#elif defined(__aarch64__)
  return "NEON";
#else
  return "as compiled";
#endif
}

}  // namespace

std::string version() { return VISAVIS_VERSION; }

std::string version_text() { return "visavis " + version() + "\nprocessor: " + instructions(); }

}  // namespace visavis
