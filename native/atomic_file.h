#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <ostream>
#include <vector>

namespace visavis {

/// Writes beside the target, fsyncs, renames: the target is either the old file or the whole new
/// one, also when the disk fills, the process is killed or the power fails. Throws kIo with the
/// path and the system's reason; the temporary file is removed.
void write_file_atomically(const std::filesystem::path& path,
                           const std::function<void(std::ostream&)>& write);

/// Whole file. Throws kIo: missing, a folder, not permitted, or more than `max_bytes`.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace visavis
