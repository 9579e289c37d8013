#include "native/data/training_data.h"

#include <cmath>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "core/base/error.h"

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

bool lies_in_a_folder(const std::string& image) { return image.find('/') != std::string::npos; }

void append_photos(TrainingData& data, std::uint32_t source) {
  const Dataset& dataset = data.datasets[source];
  const bool has_folders = dataset.has_folders();
  std::unordered_map<std::string, std::int32_t> identity_of_folder;
  for (std::size_t i = 0; i < dataset.images().size(); ++i) {
    TrainingPhoto photo{source, static_cast<std::uint32_t>(i), kUnlabelled};
    if (data.sources[source].is_labelled) {
      if (has_folders && !lies_in_a_folder(dataset.images()[i])) {
        data.left_out.push_back(dataset.full_name(i) + ": lies in nobody's folder");
        continue;
      }
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

void append_left_out(TrainingData& data, std::uint32_t source) {
  const Dataset& dataset = data.datasets[source];
  data.left_out.insert(data.left_out.end(), dataset.left_out().begin(), dataset.left_out().end());
  if (!data.sources[source].is_labelled) return;
  for (const std::string& folder : dataset.empty_folders()) {
    data.left_out.push_back(dataset.location() + "/" + folder + ": no photos in this folder");
  }
}

/// "a/b/Greek" and "photos.tar:Greek" end in "Greek"; "Old_Greek" does not.
bool ends_in_name(std::string_view path, std::string_view name) {
  if (name.empty() || !path.ends_with(name)) return false;
  const std::size_t begin = path.size() - name.size();
  return begin == 0 || path[begin - 1] == '/' || path[begin - 1] == ':';
}

std::string last_name(const std::string& path) { return path.substr(path.find_last_of("/:") + 1); }

/// The names that would have matched, for a message.
std::string parent_names(const TrainingData& data) {
  constexpr std::size_t kMaxNames = 60;
  std::set<std::string> names;
  for (std::size_t i = 0; i < data.identities.size(); ++i) names.insert(last_name(data.parent(i)));
  std::string listed;
  std::size_t count = 0;
  for (const std::string& name : names) {
    if (count++ == kMaxNames) return listed + " and others";
    listed += (listed.empty() ? "" : ", ") + name;
  }
  return listed;
}

}  // namespace

std::string TrainingData::name(std::size_t photo) const {
  return datasets[photos[photo].source].full_name(photos[photo].image);
}

std::string TrainingData::folder(std::size_t identity) const {
  return identities[identity].substr(sources[identity_source[identity]].location.size() + 1);
}

std::string TrainingData::parent(std::size_t identity) const {
  return identities[identity].substr(0, identities[identity].rfind('/'));
}

std::vector<bool> identities_named(const TrainingData& data, const std::vector<std::string>& names,
                                   const std::string& option) {
  std::vector<bool> is_named(data.identities.size());
  for (std::string name : names) {
    while (name.size() > 1 && name.back() == '/') name.pop_back();
    bool is_found = false;
    for (std::size_t i = 0; i < is_named.size(); ++i) {
      if (!ends_in_name(data.identities[i], name) && !ends_in_name(data.parent(i), name)) continue;
      is_found = is_named[i] = true;
    }
    if (is_found) continue;
    throw Error(ErrorCode::kInvalidArgument,
                option + " " + name +
                    ": no class, and no folder of classes, is called so; there are " +
                    parent_names(data));
  }
  return is_named;
}

TrainingData leave_out(TrainingData data, const std::vector<std::string>& names) {
  if (names.empty()) return data;
  const std::vector<bool> is_out = identities_named(data, names, "--leave-out");
  std::vector<std::int32_t> number(is_out.size(), kUnlabelled);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < is_out.size(); ++i) {
    if (is_out[i]) continue;
    number[i] = static_cast<std::int32_t>(kept);
    data.identities[kept] = data.identities[i];
    data.identity_source[kept++] = data.identity_source[i];
  }
  data.identities.resize(kept);
  data.identity_source.resize(kept);
  std::vector<TrainingPhoto> photos;
  for (TrainingPhoto photo : data.photos) {
    const bool is_labelled = photo.identity != kUnlabelled;
    if (is_labelled) photo.identity = number[static_cast<std::size_t>(photo.identity)];
    if (photo.identity == kUnlabelled && is_labelled) continue;
    photos.push_back(photo);
  }
  data.photos = std::move(photos);
  return data;
}

TrainingData list_training_data(const std::vector<DataSource>& sources) {
  check_sources(sources);
  TrainingData data;
  for (const DataSource& source : sources) {
    data.datasets.push_back(Dataset::open(source.location));
    data.sources.push_back(source);
    data.sources.back().location = data.datasets.back().location();
    const auto number = static_cast<std::uint32_t>(data.sources.size() - 1);
    append_photos(data, number);
    append_left_out(data, number);
  }
  return data;
}

}  // namespace visavis
