#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "native/data/dataset.h"

namespace visavis {

/// A place with photos for training, and how much of every batch it is to fill.
struct DataSource {
  std::string location;     ///< As Dataset::open takes it: one folder per person or class.
  double weight = 1;        ///< Share of the batches, relative to the other sources; above 0.
  bool is_labelled = true;  ///< false: unlabelled photos, for distillation.
};

/// Identity and label of an unlabelled photo.
inline constexpr int kUnlabelled = -1;

/// One photo of the training data.
struct TrainingPhoto {
  std::uint32_t source = 0;   ///< In TrainingData::sources.
  std::uint32_t image = 0;    ///< In that source's dataset.
  std::int32_t identity = 0;  ///< In TrainingData::identities; or kUnlabelled.
};

/// All photos of all sources. People are told apart by source and folder: "Ada" in two sources is
/// two people.
struct TrainingData {
  std::vector<DataSource> sources;
  std::vector<Dataset> datasets;        ///< One per source.
  std::vector<std::string> identities;  ///< "LOCATION/FOLDER", for messages and reports.
  std::vector<std::uint32_t> identity_source;
  std::vector<TrainingPhoto> photos;
  /// Entries of the sources that are not trained on, a line each with name and reason.
  std::vector<std::string> left_out;

  /// The photo's full name, for messages.
  [[nodiscard]] std::string name(std::size_t photo) const;
  /// The identity's folder within its source. It stays the same when the source is moved.
  [[nodiscard]] std::string folder(std::size_t identity) const;
  /// Where the identity's folder lies, "LOCATION/PARENT" or LOCATION: the alphabet of a character.
  [[nodiscard]] std::string parent(std::size_t identity) const;
};

/// Lists the photos of every source, in the order of their names; decodes none. Ignores folders
/// without a photo. Leaves out photos that lie beside the folders of people; where all photos lie
/// in no folder, their names tell people apart (identity_of). Throws kInvalidArgument for no
/// source, a weight that is not above 0 or not finite, or a source given twice (under another
/// spelling too), and as Dataset::open does.
TrainingData list_training_data(const std::vector<DataSource>& sources);

/// Whether each identity is of one of `names`: its folder or its parent is called so, or ends in it
/// ("Greek", "images_background/Greek", "Greek/character01"). Throws kInvalidArgument for a name
/// that matches nothing, listing what there is; `option` is what the names were given to.
std::vector<bool> identities_named(const TrainingData& data, const std::vector<std::string>& names,
                                   const std::string& option);

/// The data without the people or classes of these names. Their images are not prepared either.
/// Throws as identities_named does.
TrainingData leave_out(TrainingData data, const std::vector<std::string>& names);

}  // namespace visavis
