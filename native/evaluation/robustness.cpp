#include "native/evaluation/robustness.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "native/embedding/photo_embedder.h"

namespace visavis {
namespace {

std::vector<PhotoAlteration> every_alteration(std::uint64_t seed) {
  std::vector<PhotoAlteration> all;
  for (const std::string& name : occlusion_names()) {
    all.push_back({parse_occlusion(name), std::nullopt, seed});
  }
  for (const std::string& name : degradation_names()) {
    all.push_back({std::nullopt, parse_degradation(name), seed});
  }
  return all;
}

/// Embeddings of photos as they lie on disk.
class UnalteredPhotos {
 public:
  UnalteredPhotos(const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded) {
    for (std::size_t i = 0; i < embedded.size(); ++i) {
      const PhotoRef& photo = protocol.photos[i];
      places_.emplace(std::pair(photo.dataset, photo.image), &embedded[i]);
    }
  }

  [[nodiscard]] const EmbeddedPhoto& of(const PhotoRef& photo) const {
    return *places_.at({photo.dataset, photo.image});
  }

 private:
  std::map<std::pair<const Dataset*, std::size_t>, const EmbeddedPhoto*> places_;
};

/// Of each embedder in the order of altered.photos.
std::vector<std::vector<EmbeddedPhoto>> embed_altered(const FaceModels& models,
                                                      const std::vector<const Model*>& embedders,
                                                      const Protocol& altered,
                                                      const PhotoAlteration& alteration,
                                                      const std::vector<UnalteredPhotos>& unaltered,
                                                      int threads, ProgressSink& progress) {
  std::vector<PhotoRef> photos;
  for (const PhotoRef& photo : altered.photos) {
    if (photo.is_altered) photos.push_back(photo);
  }
  auto embedded = embed_photos_by_each(models, embedders, photos, threads, progress, &alteration);
  std::vector<std::vector<EmbeddedPhoto>> all(embedders.size());
  for (std::size_t i = 0; i < embedders.size(); ++i) {
    auto next = embedded[i].begin();
    for (const PhotoRef& photo : altered.photos) {
      if (photo.is_altered) {
        all[i].push_back(std::move(*next++));
      } else {
        all[i].push_back(unaltered[i].of(photo));
      }
    }
  }
  return all;
}

Evaluation evaluate(const Model& embedder, const Protocol& protocol,
                    const std::vector<EmbeddedPhoto>& embedded) {
  return evaluate_pairs(embedder.name, embedder.calibration, protocol, embedded,
                        measure_pairs(protocol, embedded));
}

}  // namespace

Protocol alter_second_photos(const Protocol& protocol, const PhotoAlteration& alteration) {
  Protocol altered;
  altered.name = protocol.name + ", second photos with " + alteration.name() + " (seed " +
                 std::to_string(alteration.seed) + ")";
  altered.pairs = protocol.pairs;
  std::map<std::pair<std::uint32_t, bool>, std::uint32_t> places;
  const auto place_of = [&](std::uint32_t photo, bool is_altered) {
    const auto next = static_cast<std::uint32_t>(altered.photos.size());
    const auto [place, is_new] = places.emplace(std::pair(photo, is_altered), next);
    if (is_new) {
      altered.photos.push_back(protocol.photos[photo]);
      altered.photos.back().is_altered = is_altered;
    }
    return place->second;
  };
  for (ProtocolPair& pair : altered.pairs) {
    pair.a = place_of(pair.a, false);
    pair.b = place_of(pair.b, true);
  }
  return altered;
}

void measure_robustness(const FaceModels& models, const Protocol& protocol, std::uint64_t seed,
                        int threads, ProgressSink& progress,
                        const std::function<void(const RobustnessRow&)>& measured) {
  const std::vector<const Model*> embedders{&models.embedder};
  const auto embedded = embed_photos_by_each(models, embedders, protocol.photos, threads, progress);
  measured({"none", evaluate(models.embedder, protocol, embedded.front())});
  measure_altered(models, embedders, protocol, embedded, seed, threads, progress,
                  [&](const std::vector<RobustnessRow>& rows) { measured(rows.front()); });
}

void measure_altered(const FaceModels& models, const std::vector<const Model*>& embedders,
                     const Protocol& protocol,
                     const std::vector<std::vector<EmbeddedPhoto>>& unaltered, std::uint64_t seed,
                     int threads, ProgressSink& progress,
                     const std::function<void(const std::vector<RobustnessRow>&)>& measured) {
  std::vector<UnalteredPhotos> as_they_are;
  as_they_are.reserve(embedders.size());
  for (const auto& embedded : unaltered) as_they_are.emplace_back(protocol, embedded);
  for (const PhotoAlteration& alteration : every_alteration(seed)) {
    const Protocol altered = alter_second_photos(protocol, alteration);
    const auto photos =
        embed_altered(models, embedders, altered, alteration, as_they_are, threads, progress);
    std::vector<RobustnessRow> rows;
    for (std::size_t i = 0; i < embedders.size(); ++i) {
      rows.push_back({alteration.name(), evaluate(*embedders[i], altered, photos[i])});
    }
    measured(rows);
  }
}

std::string robustness_head(const Evaluation& unaltered) {
  return fmt::format(
      "{} on {}: every pair's second photo is altered\n{:<12}{:>20}{:>8}{:>28}{:>10}\n",
      unaltered.model, unaltered.protocol, "", "accuracy", "lost", "FNMR at FMR 1e-3", "no face");
}

std::string to_text(const RobustnessRow& row, double unaltered) {
  const Evaluation& e = row.evaluation;
  const Rate& fnmr = e.at_fmr[1].fnmr;
  return fmt::format("{:<12}{:>20}{:>8.4f}{:>28}{:>10}\n", row.alteration,
                     fmt::format("{:.4f} +- {:.4f}", e.accuracy, e.accuracy_stderr),
                     unaltered - e.accuracy,
                     fmt::format("{:.4f} ({:.4f} to {:.4f})", fnmr.value, fnmr.low, fnmr.high),
                     e.images_without_face);
}

nlohmann::ordered_json to_json(const RobustnessRow& row) {
  nlohmann::ordered_json json = {{"alteration", row.alteration}};
  json.update(to_json(row.evaluation));
  return json;
}

}  // namespace visavis
