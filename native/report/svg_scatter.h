#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/geometry.h"

namespace visavis {

inline constexpr std::size_t kScatterColours = 12;

struct ScatterPoint {
  Point at;                              ///< In any units; finite.
  std::size_t colour = kScatterColours;  ///< Below kScatterColours, or grey.
  std::string name;                      ///< Plain text, told under the pointer.
};

/// Inline SVG: a map whose distances count, not its axes. Both axes have one scale.
std::string scatter_chart(const std::string& title, const std::vector<ScatterPoint>& points);

/// The class that html_key needs to show a colour.
std::string scatter_key_style(std::size_t colour);

}  // namespace visavis
