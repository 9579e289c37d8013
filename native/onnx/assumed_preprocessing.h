#pragma once

#include <string>

#include "core/model/model.h"
#include "native/onnx/imported_network.h"

namespace visavis {

/// The preprocessing that an imported network is assumed to need, and why.
struct AssumedPreprocessing {
  Preprocessing preprocessing;
  std::string reason;  ///< "assumed: the network's file does not say; ..".
};

/// The assumption without settings. Pixels stay as they are for a network that takes bytes or
/// normalises 0..255 itself. They become 0..1 for one that normalises those, and else -1..1, which
/// most embedders take.
AssumedPreprocessing assume_preprocessing(const ImportedNetwork& imported);

/// "Sub 'minus', Mul 'factor': (x - 127.5) / 128".
std::string describe(const InputNormalisation& normalisation);

/// "(pixel - 127.5) / 127.5", "pixel / 255", "the pixel as it is"; by channel where they differ.
std::string describe(const Preprocessing& preprocessing);

}  // namespace visavis
