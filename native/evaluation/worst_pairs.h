#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "core/rates/metrics.h"
#include "native/data/protocol.h"
#include "native/effects/photo_alteration.h"
#include "native/evaluation/model_comparison.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// Places of the genuine pairs farthest apart, or the impostor pairs closest together, the worst
/// first; at most `count`. Pairs without a face are left out.
std::vector<std::size_t> worst_pairs(const std::vector<LabelledPair>& pairs, bool is_genuine,
                                     std::size_t count);

/// How many worst pairs of each kind a report shows of every model.
std::size_t shown_worst_pairs(const ModelComparison& comparison);

/// The aligned faces of all models' worst pairs as data URIs (JPEG), by place in protocol.photos:
/// `faces` cuts them out, so that its embedder's template is the one that is seen.
std::map<std::uint32_t, std::string> worst_faces(const FaceModels& faces,
                                                 const ModelComparison& comparison,
                                                 const Protocol& protocol,
                                                 const PhotoAlteration& alteration, int threads,
                                                 ProgressSink& progress);

}  // namespace visavis
