#include "core/face/template_file.h"
#include "core/fewshot/support_file.h"
#include "tests/fuzz/answer.h"

/// What users keep: a face template or a support set.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> file(data, size);
  visavis::fuzz::round_trip(
      file, [](std::span<const std::uint8_t> bytes) { return visavis::load_template(bytes, "a"); },
      [](const visavis::StoredTemplate& stored) { return visavis::template_bytes(stored); });
  visavis::fuzz::round_trip(
      file, [](std::span<const std::uint8_t> bytes) { return visavis::load_support(bytes, "a"); },
      [](const visavis::StoredSupport& stored) {
        return visavis::support_bytes(stored.model, stored.set);
      });
  return 0;
}
