#pragma once

#include <cstddef>
#include <ostream>
#include <vector>

namespace visavis {

/// Writes a rows x columns array of float32 as NumPy's .npy, format 1.0 (numpy.load reads it).
/// Throws kInvalidArgument when the values do not fill the shape.
void write_npy(std::ostream& out, const std::vector<float>& values, std::size_t rows,
               std::size_t columns);

}  // namespace visavis
