#pragma once

#include <filesystem>
#include <vector>

#include "core/rates/metrics.h"
#include "native/data/protocol.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/evaluation.h"

namespace visavis {

/// Writes one self-contained page, light or dark as the reader's system is: figures, DET curve, the
/// two distance histograms, the worst pairs and the photos without a face by file name. Holds no
/// photos. Atomic; throws kIo.
void write_html_report(const std::filesystem::path& path, const Evaluation& evaluation,
                       const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded,
                       const std::vector<LabelledPair>& pairs);

}  // namespace visavis
