#include "native/system/json_file.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/error.h"
#include "core/base/parse_number.h"
#include "native/system/atomic_file.h"

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

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

double checked_number(const nlohmann::ordered_json& value, const std::string& name,
                      const NumberRange& range) {
  if (value.is_number() && range.holds(value.get<double>())) return value.get<double>();
  constexpr std::size_t kMaxShown = 40;
  throw Error(ErrorCode::kInvalidArgument,
              "field '" + name + "' " +
                  out_of_range_text(range, json_text(value, -1).substr(0, kMaxShown)));
}

double number_field(const nlohmann::ordered_json& json, const std::string& name,
                    const NumberRange& range) {
  if (!json.is_object() || !json.contains(name)) {
    throw Error(ErrorCode::kInvalidArgument, "field '" + name + "' is missing");
  }
  return checked_number(json[name], name, range);
}

int whole_number_field(const nlohmann::ordered_json& json, const std::string& name,
                       const NumberRange& range) {
  const double value = number_field(json, name, range);
  if (value == std::floor(value)) return static_cast<int>(value);
  throw Error(ErrorCode::kInvalidArgument,
              "field '" + name + "' " + out_of_range_text(range, number_text(value), true));
}

}  // namespace visavis
