#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace visavis {

/// Checks an embedding that comes from a file or a caller. Throws kInvalidArgument, naming `what`,
/// unless there are `length` numbers, all finite, whose norm is 1 to within 1e-3.
void require_unit_embedding(std::span<const float> values, std::size_t length,
                            const std::string& what);

}  // namespace visavis
