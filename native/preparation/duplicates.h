#pragma once

#include <optional>
#include <vector>

#include "native/data/training_data.h"
#include "native/preparation/prepared_image.h"
#include "native/system/content_hash.h"

namespace visavis {

/// Photos that are to be left out because another one is the same file, in the order of photos. One
/// file under two people is wrong under at least one of them, and there is no telling which: all of
/// them are left out. One file twice under one person (or nobody): the first is kept.
/// `contents[photo]` is nothing where the file could not be read or is no photo.
std::vector<PhotoProblem> find_duplicates(const TrainingData& data,
                                          const std::vector<std::optional<ContentHash>>& contents);

}  // namespace visavis
