#pragma once

#include <string>
#include <vector>

#include "core/drawing/pen_drawing.h"

namespace visavis {

/// Names of what stroke_attributes tells, in its order:
/// - of the whole drawing: strokes, pieces, length, pen_up_length (moved through the air), corners,
///   turning (to one side or the other, per length), winding (left minus right), straightness,
///   log_aspect, centre_x/y, spread_x/y, slant, mirror_x/y, half_turn (how alike the drawing is to
///   itself mirrored left-right, top-bottom, turned by 180 degrees), end_points, junctions,
///   crossings, loops, closed_strokes, enclosed_area;
/// - heading_K: share of the length that the pen moves towards K * 45 degrees (0 right, 2 down);
/// - slope_K: the same of lines whichever way they were drawn, K * 22.5 degrees;
/// - cell_R_C: ink in each cell of an 8x8 grid; cell_R_C_K: ink of slope K * 22.5 degrees in each
///   cell of a 4x4 grid: a histogram of oriented lines (as SIFT's of gradients, Lowe 2004).
/// The grid lies on the square round the drawing; a line is shared among the cells and slopes next
/// to it in proportion to its nearness.
const std::vector<std::string>& stroke_attribute_names();

/// Lengths are in longer sides of the bounding box, so that neither place nor size matters.
/// Throws as check_drawing does.
std::vector<float> stroke_attributes(const PenDrawing& drawing);

}  // namespace visavis
