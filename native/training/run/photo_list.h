#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "native/data/training_data.h"

namespace visavis {

/// Hash of a photo's content; empty where it is not known, or the photo cannot be read.
using ContentOf = std::function<std::string(std::size_t photo)>;

/// Writes which photos a run was started on, a line each: content, source and name, with tabs
/// between. Throws kIo.
void write_photo_list(const TrainingData& data, const ContentOf& content_of,
                      const std::filesystem::path& file);

/// In words how the photos differ from those of a list: how many are gone, new or (where
/// `content_of` tells) have changed, and the first of them by name. Empty where they do not, or
/// there is no such file. Throws kIo.
std::string photo_changes(const TrainingData& data, const ContentOf& content_of,
                          const std::filesystem::path& file);

}  // namespace visavis
