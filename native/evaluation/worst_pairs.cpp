#include "native/evaluation/worst_pairs.h"

#include <algorithm>
#include <optional>
#include <set>

#include "native/embedding/photo_embedder.h"
#include "native/images/jpeg_codec.h"
#include "native/system/base64.h"

namespace visavis {
namespace {

constexpr std::size_t kWorstOfOne = 15;
constexpr std::size_t kWorstOfEach = 6;
constexpr int kFaceQuality = 80;

}  // namespace

std::vector<std::size_t> worst_pairs(const std::vector<LabelledPair>& pairs, bool is_genuine,
                                     std::size_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].is_genuine == is_genuine && pairs[i].has_face) order.push_back(i);
  }
  const auto worse = [&](std::size_t a, std::size_t b) {
    const float da = pairs[a].distance;
    const float db = pairs[b].distance;
    if (da != db) return is_genuine ? da > db : da < db;
    return a < b;
  };
  count = std::min(count, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    worse);
  order.resize(count);
  return order;
}

std::size_t shown_worst_pairs(const ModelComparison& comparison) {
  return comparison.models.size() == 1 ? kWorstOfOne : kWorstOfEach;
}

std::map<std::uint32_t, std::string> worst_faces(const FaceModels& faces,
                                                 const ModelComparison& comparison,
                                                 const Protocol& protocol,
                                                 const PhotoAlteration& alteration, int threads,
                                                 ProgressSink& progress) {
  std::set<std::uint32_t> shown;
  for (const ModelResult& model : comparison.models) {
    for (const bool is_genuine : {true, false}) {
      for (const std::size_t pair :
           worst_pairs(model.pairs, is_genuine, shown_worst_pairs(comparison))) {
        shown.insert({protocol.pairs[pair].a, protocol.pairs[pair].b});
      }
    }
  }
  std::vector<PhotoRef> photos;
  photos.reserve(shown.size());
  for (const std::uint32_t place : shown) photos.push_back(protocol.photos[place]);
  const auto crops = aligned_crops(faces, photos, threads, progress, &alteration);
  std::map<std::uint32_t, std::string> pictures;
  auto place = shown.begin();
  for (const std::optional<Image>& crop : crops) {
    if (crop) {
      pictures[*place] = "data:image/jpeg;base64," + base64(encode_jpeg(*crop, kFaceQuality));
    }
    ++place;
  }
  return pictures;
}

}  // namespace visavis
