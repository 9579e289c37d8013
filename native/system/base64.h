#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace visavis {

/// Base64 with padding (RFC 4648, section 4), in one line: for data URIs.
std::string base64(std::span<const std::uint8_t> bytes);
std::string base64(std::string_view text);

}  // namespace visavis
