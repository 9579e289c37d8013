#pragma once

#include <optional>
#include <vector>

#include "native/data/training_data.h"
#include "native/preparation/prepared_image.h"
#include "native/system/content_hash.h"

namespace visavis {

/// Photos to leave out because another one is the same file, in the order of photos. A file under
/// two people is wrong for at least one of them, and nothing tells which: all of its copies are
/// left out. Of a file twice under one person (or without a label) the first is kept.
/// `contents[photo]` is nothing where the file could not be read or is no photo.
std::vector<PhotoProblem> find_duplicates(const TrainingData& data,
                                          const std::vector<std::optional<ContentHash>>& contents);

}  // namespace visavis
