#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/number_range.h"

namespace visavis {

/// Reads the JSON object of a file, its fields in their order. Throws kIo, or kInvalidArgument for
/// a file above 16 MB or one that holds no JSON object; `advice` ends the message.
nlohmann::ordered_json read_json_object(const std::filesystem::path& file,
                                        const std::string& advice);

/// The value as text, indented by `indent` blanks (below 0: in one line). Bytes that are not UTF-8
/// become U+FFFD, since names of files may hold any bytes and JSON may not.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);

/// The number in a field of an object. Throws kInvalidArgument, naming the field, where it is
/// missing, not a number, or out of range.
double number_field(const nlohmann::ordered_json& json, const std::string& name,
                    const NumberRange& range);
/// The same of a whole number; 3.0 is one.
int whole_number_field(const nlohmann::ordered_json& json, const std::string& name,
                       const NumberRange& range);
/// `value` as number_field takes a field's; `name` says what it is.
double checked_number(const nlohmann::ordered_json& value, const std::string& name,
                      const NumberRange& range);

}  // namespace visavis
