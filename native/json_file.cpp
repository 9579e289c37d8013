#include "native/json_file.h"

#include <cstdint>
#include <vector>

#include "core/error.h"
#include "native/atomic_file.h"

namespace visavis {

nlohmann::ordered_json read_json_object(const std::filesystem::path& file,
                                        const std::string& advice) {
  constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;
  const std::vector<std::uint8_t> bytes = read_file(file, kMaxBytes);
  nlohmann::ordered_json json =
      nlohmann::ordered_json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!json.is_object()) {
    throw Error(ErrorCode::kInvalidArgument, file.string() + ": is no JSON object; " + advice);
  }
  return json;
}

}  // namespace visavis
