#pragma once

#include "core/drawing/pen_drawing.h"

namespace visavis {

/// How the lines of a drawing are connected.
struct StrokeTopology {
  int end_points = 0;        ///< Ends of strokes that touch nothing.
  int junctions = 0;         ///< Places where three branches or more meet.
  int crossings = 0;         ///< Those of them with four branches or more.
  int loops = 0;             ///< Areas that the lines enclose.
  int closed_strokes = 0;    ///< Strokes that end where they began.
  int pieces = 0;            ///< Parts that do not touch each other.
  double enclosed_area = 0;  ///< Of all loops, in squares of the drawing's longer side.
};

/// The topology of a drawing that normalized_drawing made with kTopologyStep. Two lines touch where
/// they come within kTouchDistance, since people seldom end a line exactly on another.
inline constexpr double kTopologyStep = 1.0 / 96;
inline constexpr double kTouchDistance = 0.045;
StrokeTopology stroke_topology(const PenDrawing& drawing);

}  // namespace visavis
