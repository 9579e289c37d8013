#pragma once

#include "core/face/verifier.h"
#include "core/model/model.h"

namespace visavis {

/// Small networks whose answers can be told by hand; the tests of the journey need no model files.

/// "Sees" a face of `box` input pixels, upright, wherever a cell of the fine grid is more than half
/// white. 896 anchors as BlazeFace; `size` 128 or 256.
Model fake_detector(int size, float box);

/// Finds the landmarks always at the same place of its 64x64 input: the five alignment points of a
/// level face whose pupils are 24 input pixels apart.
Model fake_landmarks();

/// Embeds the mean colour, black as the zero vector; 112x112, MobileFaceNet's template, a
/// calibration table with threshold 0.5.
Model fake_embedder();

/// Confirms every square as a face, with a probability of 0.99; with `weight` above 0 the darker
/// the square the less: black has 1 / (1 + exp(weight - 4.6)).
Model fake_confirmation(float weight = 0);

FaceModels fake_models();

/// A black photo with a white square.
Image photo_with_square(int width, int height, int left, int top, int side);

}  // namespace visavis
