#include "core/model/fingerprint.h"

#include "core/base/envelope.h"
#include "core/base/error.h"

namespace visavis {

std::string model_fingerprint(const std::string& name, std::span<const std::uint8_t> file) {
  constexpr const char* kDigits = "0123456789abcdef";
  const std::uint32_t checksum = envelope_checksum(file);
  std::string text = name + '-';
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(checksum >> shift) & 0xFU];
  return text;
}

void require_same_model(const std::string& made_by, const std::string& loaded,
                        const std::string& source) {
  if (made_by == loaded) return;
  throw Error(ErrorCode::kModelMismatch,
              on_one_line(source + " was made by the model '" + made_by + "', but '" + loaded +
                          "' is loaded: make it again from the photos"));
}

}  // namespace visavis
