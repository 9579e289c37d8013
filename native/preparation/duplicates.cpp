#include "native/preparation/duplicates.h"

#include <algorithm>
#include <map>

namespace visavis {
namespace {

using Photos = std::vector<std::size_t>;

/// The first photo of another person than this one's.
std::optional<std::size_t> under_another_person(const TrainingData& data, const Photos& same,
                                                std::size_t photo) {
  const std::int32_t identity = data.photos[photo].identity;
  if (identity == kUnlabelled) return std::nullopt;
  for (const std::size_t other : same) {
    const std::int32_t others = data.photos[other].identity;
    if (others != kUnlabelled && others != identity) return other;
  }
  return std::nullopt;
}

/// Appends those of `same`, photos with one content, that are to be left out.
void append_duplicates(const TrainingData& data, const Photos& same,
                       std::vector<PhotoProblem>& problems) {
  // A photo with a label is worth more than one without.
  const auto kept = std::find_if(same.begin(), same.end(), [&](std::size_t photo) {
    return data.photos[photo].identity != kUnlabelled;
  });
  const std::size_t first = kept == same.end() ? same.front() : *kept;
  for (const std::size_t photo : same) {
    if (const auto other = under_another_person(data, same, photo)) {
      problems.push_back({photo, data.name(photo) + " and " + data.name(*other) +
                                     " are the same file under two people; both are left out: "
                                     "delete it where it is wrong"});
    } else if (photo != first) {
      problems.push_back(
          {photo, data.name(photo) + ": the same file as " + data.name(first) + "; left out"});
    }
  }
}

}  // namespace

std::vector<PhotoProblem> find_duplicates(const TrainingData& data,
                                          const std::vector<std::optional<ContentHash>>& contents) {
  std::map<ContentHash, Photos> photos_of_content;
  for (std::size_t photo = 0; photo < contents.size(); ++photo) {
    if (contents[photo]) photos_of_content[*contents[photo]].push_back(photo);
  }
  std::vector<PhotoProblem> problems;
  for (const auto& [content, photos] : photos_of_content) {
    if (photos.size() > 1) append_duplicates(data, photos, problems);
  }
  std::sort(problems.begin(), problems.end(),
            [](const PhotoProblem& a, const PhotoProblem& b) { return a.photo < b.photo; });
  return problems;
}

}  // namespace visavis
