#pragma once

#include "core/drawing/pen_drawing.h"

namespace visavis {

/// How the lines of a drawing hang together. All counts.
struct StrokeTopology {
  int end_points = 0;        ///< Ends of strokes that touch nothing.
  int junctions = 0;         ///< Places where three branches or more meet.
  int crossings = 0;         ///< Those of them with four branches or more.
  int loops = 0;             ///< Areas that the lines enclose.
  int closed_strokes = 0;    ///< Strokes that end where they began.
  int pieces = 0;            ///< Parts that do not touch each other.
  double enclosed_area = 0;  ///< Of all loops, in squares of the drawing's longer side.
};

/// Of a drawing as normalized_drawing gives it with kTopologyStep: two lines touch where they come
/// within kTouchDistance, for a hand seldom ends a line exactly on another.
inline constexpr double kTopologyStep = 1.0 / 96;
inline constexpr double kTouchDistance = 0.045;
StrokeTopology stroke_topology(const PenDrawing& drawing);

}  // namespace visavis
