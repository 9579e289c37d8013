#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace visavis {

/// Writes a rows x columns array of float32 as NumPy's .npy, format 1.0 (numpy.load reads it),
/// atomically. Throws kInvalidArgument when the values do not fill the shape, kIo.
void write_npy(const std::filesystem::path& path, const std::vector<float>& values,
               std::size_t rows, std::size_t columns);

}  // namespace visavis
