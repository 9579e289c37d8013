#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/geometry.h"

namespace visavis {

/// What a pen drew: a path for every time it was put down, in the order of drawing. x to the right,
/// y down, in any unit.
struct PenDrawing {
  std::vector<std::vector<Point>> strokes;
};

/// The upper left and the lower right corner of the box that holds all points.
struct Bounds {
  Point first;
  Point last;
};

/// `drawing` has a point.
Bounds bounds_of(const PenDrawing& drawing);

/// Throws kInvalidArgument for a drawing without a stroke, a stroke without a point, or a
/// coordinate that is not finite; `source` names the drawing.
void check_drawing(const PenDrawing& drawing, const std::string& source);

/// Reads Omniglot's text (Lake et al. 2015): the line START, then lines "x,y,t" with y pointing up,
/// and the line BREAK at the end of every stroke. Breaks with no point between them are skipped.
/// Throws kInvalidArgument naming `source` and the line: not START first, no three numbers, a
/// coordinate that is not finite or beyond +-1e6, more than 100,000 points, no point at all.
PenDrawing parse_pen_drawing(std::string_view text, const std::string& source);

/// A drawing with its bounding box's longer side brought to 1 and its middle to (0.5, 0.5),
/// proportions kept, and every stroke resampled at points `step` apart along the path (the last gap
/// may be shorter). A dot is one point. Throws as check_drawing does, and kInvalidArgument unless
/// `step` is in 0.001..1.
PenDrawing normalized_drawing(const PenDrawing& drawing, double step);

}  // namespace visavis
