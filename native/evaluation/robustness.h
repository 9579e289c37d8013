#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "native/data/protocol.h"
#include "native/effects/photo_alteration.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/evaluation.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// A protocol whose second photos were altered in one way, or not.
struct RobustnessRow {
  std::string alteration;  ///< "none", "sunglasses", "blur", ..
  Evaluation evaluation;
};

/// The protocol with every pair's second photo marked as altered; one that stands on both sides
/// comes in twice. The name says what was done.
Protocol alter_second_photos(const Protocol& protocol, const PhotoAlteration& alteration);

/// Measures the protocol as it is, then with every occlusion and every degradation in turn, drawn
/// by `seed`, and gives each row to `measured` as soon as it is known. Photos that are not altered
/// are embedded once. Throws as embed_photos and evaluate_pairs do.
void measure_robustness(const FaceModels& models, const Protocol& protocol, std::uint64_t seed,
                        int threads, ProgressSink& progress,
                        const std::function<void(const RobustnessRow&)>& measured);

/// The same of several embedders, whose unaltered photos are embedded already ([embedder][photo], in
/// the order of protocol.photos): the altered ones alone, a row of each embedder at a time.
void measure_altered(const FaceModels& models, const std::vector<const Model*>& embedders,
                     const Protocol& protocol,
                     const std::vector<std::vector<EmbeddedPhoto>>& unaltered, std::uint64_t seed,
                     int threads, ProgressSink& progress,
                     const std::function<void(const std::vector<RobustnessRow>&)>& measured);

/// The table's head, and a line of it; `unaltered` is the first row's accuracy.
std::string robustness_head(const Evaluation& unaltered);
std::string to_text(const RobustnessRow& row, double unaltered);

/// The evaluation's fields behind "alteration".
nlohmann::ordered_json to_json(const RobustnessRow& row);

}  // namespace visavis
