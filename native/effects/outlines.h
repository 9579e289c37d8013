#pragma once

#include "native/effects/coverage.h"

namespace visavis {

/// Superellipse |x / rx|^power + |y / ry|^power = 1 (power 2: ellipse; above: a rounded box),
/// clockwise.
Outline superellipse(Point centre, float rx, float ry, float power = 2, int corners = 40);

/// A band between two points with round ends, of these radii there.
Outline capsule(Point a, Point b, float radius_a, float radius_b);

/// A smooth closed line through the points (Catmull and Rom 1974), `steps` corners between two.
Outline smooth_closed(const Outline& points, int steps = 6);
/// The same, open: the first and last points are its ends.
Outline smooth_open(const Outline& points, int steps = 6);

/// A band of constant `width` round an open line.
Outline stroke(const Outline& line, float width);

/// Mirrored at u = 0, orientation kept.
Outline mirrored(const Outline& outline);

}  // namespace visavis
