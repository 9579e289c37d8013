#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace visavis {

/// The JSON object that a file holds, its fields in their order. Throws kIo, or kInvalidArgument
/// for a file above 16 MB or one that holds no JSON object; `advice` then says what to do.
nlohmann::ordered_json read_json_object(const std::filesystem::path& file,
                                        const std::string& advice);

}  // namespace visavis
