#pragma once

#include <vector>

#include "native/embedding/photo_embedder.h"

namespace visavis {

/// Of each photo the embeddings of several networks side by side as one unit vector: the distance of
/// two is the root mean square of the networks' distances. No embedding where one network has none.
std::vector<EmbeddedPhoto> joined_embeddings(
    const std::vector<std::vector<EmbeddedPhoto>>& by_network);

}  // namespace visavis
