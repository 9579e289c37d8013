#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/number_range.h"

namespace visavis {

/// The JSON object that a file holds, its fields in their order. Throws kIo, or kInvalidArgument
/// for a file above 16 MB or one that holds no JSON object; `advice` then says what to do.
nlohmann::ordered_json read_json_object(const std::filesystem::path& file,
                                        const std::string& advice);

/// The value as text, indented by so many blanks (below 0: in one line). What is no UTF-8 becomes
/// U+FFFD: names of files are any bytes, JSON is not.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);

/// The number that a field of an object is. Throws kInvalidArgument, naming the field, where it is
/// missing, no number, or out of range.
double number_field(const nlohmann::ordered_json& json, const std::string& name,
                    const NumberRange& range);
/// The same of a whole number; 3.0 is one.
int whole_number_field(const nlohmann::ordered_json& json, const std::string& name,
                       const NumberRange& range);
/// `value` as number_field takes a field's; `name` says what it is.
double checked_number(const nlohmann::ordered_json& value, const std::string& name,
                      const NumberRange& range);

}  // namespace visavis
