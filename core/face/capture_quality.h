#pragma once

#include "core/face/face_aligner.h"

namespace visavis {

/// What a live view tells its user about, beside Quality: the head's pose, eyes and mouth, light,
/// colour, and where the face lies in the frame. Numbers alone: which of them is good enough is for
/// the caller to say.
///
/// Names and formulas are those of ISO/IEC 29794-5:2025 (biometric sample quality, face image data)
/// in its reference implementation OFIQ (github.com/BSI-OFIQ/OFIQ-Project), before its mapping to
/// scores of 0..100, as far as 68 points and the aligned crop suffice. Where it looks through a
/// segmentation mask, this looks at the crop's face (face_part, quality.h). What else differs is
/// said at the measure. Yaw, sharpness and the eye distance of the alignment are in Quality.
///
/// Luminance is that of the standard: 0.2126 R + 0.7152 G + 0.0722 B of linear light, 0..1. T is
/// the distance from the middle between the eyes to the chin.
struct CaptureQuality {
  /// Degrees, positive when looking up. People differ by more than a frame tells: of FRLL's 204
  /// frontal portraits the standard deviation is 6 degrees.
  double pitch = 0;
  double roll = 0;  ///< Degrees, of the line of the eyes; positive clockwise in the frame.

  /// Of the eye that is less open: its lids' mean distance over its width, about 0.3 when open. The
  /// eye aspect ratio of Soukupova and Cech 2016; the standard divides by T.
  double eyes_open = 0;
  /// The largest distance of the inner lips over the width between them, 0 when closed. The
  /// standard divides by T.
  double mouth_open = 0;

  // Where the face is.
  double inter_eye_distance = 0;  ///< Between the eyes' centres over cos(yaw), in pixels.
  double head_size = 0;           ///< T over the frame's height.
  /// From the left eye's centre to the frame's left edge, and from the right one's to the right
  /// edge, over the eyes' distance: crop of the face image.
  double margin_left = 0;
  double margin_right = 0;
  /// From the middle between the eyes to the frame's upper and lower edge, over T.
  double margin_above = 0;
  double margin_below = 0;

  // Light, of the crop's face.
  double luminance_mean = 0;
  double luminance_variance = 0;
  double dynamic_range = 0;  ///< Entropy of the luminance in 256 steps, 0..8 bits.
  double over_exposed = 0;   ///< Share of pixels with a luminance of 247/255 or more.
  double under_exposed = 0;  ///< Share of pixels with a luminance of 25/255 or less.
  /// Share of the pixels whose red, green and blue are all 250 or more: lamps and flash reflected.
  /// Not in the standard.
  double glare = 0;
  /// How much the histograms of the two cheeks' luminance share, 0..1. The cheeks are squares of
  /// 0.3 eye distances, outwards and downwards from half way between eye and mouth. In 32 steps for
  /// the standard's 256: the aligned crop has 100 pixels of each.
  double illumination_uniformity = 0;
  /// Mean luma of the face's right half less that of its left half, -255..255: light from the right
  /// is positive. Not in the standard.
  double light_balance = 0;

  /// How far the cheeks' mean colour lies outside the range of skin in CIELAB (a* 5..25, b* 5..35,
  /// D50): 0 natural, 100 where a* or b* is negative.
  double natural_colour = 0;
};

/// `aligned` was cut from a frame of this size, in pixels; `yaw` is that of assess_quality, in
/// degrees.
CaptureQuality assess_capture(const AlignedFace& aligned, double yaw, int frame_width,
                              int frame_height);

}  // namespace visavis
