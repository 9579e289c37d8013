#pragma once

#include <random>

#include "native/effects/face_canvas.h"
#include "native/system/random_source.h"

namespace visavis {

/// The objects that draw_occlusion draws, a file each. `random` varies all of them.

/// Uniform, from `low` to below `high`.
inline float draw(std::mt19937_64& random, double low, double high) {
  return static_cast<float>(uniform(random, low, high));
}

/// Round, wayfarer, aviator or wrap-around; never below the nose.
void draw_sunglasses(FaceCanvas& canvas, std::mt19937_64& random);
/// Cap, beanie or brimmed hat, from above the head to near the brows, with the shadow it casts.
void draw_hat(FaceCanvas& canvas, std::mt19937_64& random);
/// Surgical, folded or cloth, from the bridge of the nose to the chin, with its straps.
void draw_mask(FaceCanvas& canvas, std::mt19937_64& random);
/// From the lower edge of the picture up to the chin, the mouth or the nose; striped or plain.
void draw_scarf(FaceCanvas& canvas, std::mt19937_64& random);
/// The back of a hand from a side or from below, in the face's own colour.
void draw_hand(FaceCanvas& canvas, std::mt19937_64& random);

/// A colour from one of a few families (black, white, grey, navy, red, ...), varied.
Colour cloth_colour(std::mt19937_64& random);

}  // namespace visavis
