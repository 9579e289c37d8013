#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/model/embedder.h"
#include "core/zeroshot/attribute_table.h"
#include "native/embedding/image_features.h"

namespace visavis {

/// Images of classes that an attribute table describes.
struct DescribedImages {
  std::vector<std::string> names;
  std::vector<std::size_t> label;     ///< Of each: a row of the attribute table.
  std::vector<Embedding> embeddings;  ///< Empty for an image that has none.
  std::vector<std::string> problems;  ///< Why, one line each.
};

/// Which images are described and how they are embedded.
struct DescribedImagesOptions {
  std::vector<std::string> data;  ///< As `visavis train --data`: a folder per class.
  /// Images whose name without extension ends in this are left out: those of the drawer whose
  /// strokes the descriptions are ("_01"). Empty leaves none out.
  std::string leave_out;
  int threads = 0;
};

/// Lists, tells `progress` what is left out, and embeds; a class is the row that
/// AttributeTable::find gives for LOCATION/FOLDER. Throws kInvalidArgument for a class that the
/// table lacks, or where nothing is left; as list_training_data and ImageFeatures::extract do.
DescribedImages embed_described(const ImageFeatures& features, const AttributeTable& table,
                                const std::string& table_source,
                                const DescribedImagesOptions& options, ProgressSink& progress);

/// The attribute table in a file. Throws kIo, and as parse_attribute_csv does.
AttributeTable read_attributes(const std::string& file);

}  // namespace visavis
