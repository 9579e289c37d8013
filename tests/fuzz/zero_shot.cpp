#include <sstream>

#include "core/zeroshot/zero_shot_file.h"
#include "tests/fuzz/answer.h"

/// A zero-shot model file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  visavis::fuzz::round_trip(
      {data, size},
      [](std::span<const std::uint8_t> bytes) {
        return visavis::load_zero_shot(bytes, "a.zeroshot");
      },
      [](const visavis::ZeroShotModel& model) {
        std::ostringstream out;
        visavis::save_zero_shot(model, out);
        return out.str();
      });
  return 0;
}
