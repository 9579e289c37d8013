#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace visavis {

/// The first `count` bytes of a file, by which its format is told, or all of a shorter one. Of what
/// cannot be read, none: who reads the whole file says why.
std::vector<std::uint8_t> file_start(const std::filesystem::path& file, std::size_t count);

}  // namespace visavis
