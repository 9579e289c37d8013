#include "native/training/data/training_data.h"

#include <cmath>
#include <filesystem>
#include <system_error>
#include <unordered_map>

#include "core/error.h"
#include "native/training/loss.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

/// The same for every spelling of a place: "data", "./data/", a link to it.
std::string canonical_location(const std::string& location) {
  std::error_code failed;
  const fs::path path = fs::weakly_canonical(location, failed);
  std::string canonical = failed ? location : path.generic_string();
  while (canonical.size() > 1 && canonical.back() == '/') canonical.pop_back();
  return canonical;
}

void check_sources(const std::vector<DataSource>& sources) {
  if (sources.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "no training data: name at least one folder or archive");
  }
  std::unordered_map<std::string, std::string> seen;
  for (const DataSource& source : sources) {
    if (!(source.weight > 0) || !std::isfinite(source.weight)) {
      throw Error(ErrorCode::kInvalidArgument,
                  source.location + ": a weight of " + std::to_string(source.weight) +
                      " is not above 0; leave the source out or give it a share");
    }
    const auto [first, is_new] = seen.emplace(canonical_location(source.location), source.location);
    if (is_new) continue;
    throw Error(ErrorCode::kInvalidArgument, source.location + ": the same training data as " +
                                                 first->second +
                                                 "; name it once and give it a larger weight");
  }
}

void append_photos(TrainingData& data, std::uint32_t source) {
  const Dataset& dataset = data.datasets[source];
  std::unordered_map<std::string, std::int32_t> identity_of_folder;
  for (std::size_t i = 0; i < dataset.images().size(); ++i) {
    TrainingPhoto photo{source, static_cast<std::uint32_t>(i), kUnlabelled};
    if (data.sources[source].is_labelled) {
      const std::string folder = identity_of(dataset.images()[i]);
      const auto next = static_cast<std::int32_t>(data.identities.size());
      const auto [known, is_new] = identity_of_folder.emplace(folder, next);
      if (is_new) {
        data.identities.push_back(data.sources[source].location + "/" + folder);
        data.identity_source.push_back(source);
      }
      photo.identity = known->second;
    }
    data.photos.push_back(photo);
  }
}

}  // namespace

std::string TrainingData::name(std::size_t photo) const {
  return datasets[photos[photo].source].full_name(photos[photo].image);
}

std::string TrainingData::folder(std::size_t identity) const {
  return identities[identity].substr(sources[identity_source[identity]].location.size() + 1);
}

TrainingData list_training_data(const std::vector<DataSource>& sources) {
  check_sources(sources);
  TrainingData data;
  for (const DataSource& source : sources) {
    data.datasets.push_back(Dataset::open(source.location));
    data.sources.push_back(source);
    data.sources.back().location = data.datasets.back().location();
    append_photos(data, static_cast<std::uint32_t>(data.sources.size() - 1));
  }
  return data;
}

}  // namespace visavis
