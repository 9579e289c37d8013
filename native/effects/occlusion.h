#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/face/face_aligner.h"
#include "core/image/image.h"

namespace visavis {

/// An object that hides part of a face.
enum class Occlusion { kSunglasses, kHat, kMask, kScarf, kHand };

/// "sunglasses", "hat", "mask", "scarf", "hand", in this order.
const std::vector<std::string>& occlusion_names();
/// Throws kInvalidArgument, listing the names.
Occlusion parse_occlusion(const std::string& name);

/// Whether the points can be a face's: finite, neither in one place nor in one line.
bool can_draw_occlusion(const AlignmentPoints& points);

/// Draws it over the image from the five points (in its pixels): shape, size, colour, texture and
/// transparency vary with `random`. Works on whole photos and on aligned crops alike; what lies
/// beyond the edge is cut. The rest of the image is untouched. Throws kInvalidArgument where
/// can_draw_occlusion says no.
void draw_occlusion(FineImage& image, const AlignmentPoints& points, Occlusion occlusion,
                    std::mt19937_64& random);

}  // namespace visavis
