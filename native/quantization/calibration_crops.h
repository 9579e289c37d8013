#pragma once

#include <vector>

#include "core/image/image.h"
#include "native/data/photo_inputs.h"
#include "native/models/model_files.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// What the embedder `choice.embedder` is shown of every photo: the aligned face (where it has an
/// alignment template) or the whole image, of its input's size. Photos without a usable face or
/// that cannot be read are left out, which `progress` is told. `threads` photos at a time (0: all
/// cores). Throws as load_face_models does, and kNoFace where nothing is left.
std::vector<FineImage> calibration_crops(const ModelChoice& choice,
                                         const std::vector<PhotoRef>& photos, int threads,
                                         ProgressSink& progress);

}  // namespace visavis
