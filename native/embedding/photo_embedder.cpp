#include "native/embedding/photo_embedder.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "native/effects/photo_alteration.h"
#include "native/images/image_file.h"
#include "native/preparation/for_each_photo.h"
#include "native/preparation/photo_preparer.h"
#include "native/system/processors.h"

namespace visavis {
namespace {

/// The networks of one thread, and what is done to photos before.
class PhotoEmbedder {
 public:
  // One thread per network: photos are independent, so a verifier per thread keeps the cores busier
  // than threads inside a small network would.
  PhotoEmbedder(const FaceModels& models, const PhotoAlteration* alteration,
                const ReportShare& report_share)
      : verifier_(models), alteration_(alteration) {
    verifier_.on_progress(report_share);
    if (alteration != nullptr && alteration->occlusion) {
      aligner_.emplace(models.landmarks, models.embedder, 1);
    }
  }

  EmbeddedPhoto embed(const PhotoRef& photo) {
    FaceFitness fitness;
    EmbeddedPhoto embedded = try_photo(photo, [&](const std::string& name) {
      Image image = decode_image(photo.dataset->read(photo.image), name);
      if (photo.is_altered && alteration_ != nullptr) image = altered(image, name);
      FaceTemplate made = verifier_.enrol(image).face_template;
      fitness = fitness_of(made);
      return std::move(made.embedding);
    });
    embedded.fitness = std::move(fitness);
    return embedded;
  }

 private:
  /// Where no face is found, nothing can be drawn over it: the journey will say so.
  Image altered(Image image, const std::string& name) {
    std::mt19937_64 random = alteration_->random_of(name);
    if (alteration_->occlusion) {
      const std::vector<Face> faces = verifier_.detect_faces(image);
      if (!faces.empty()) {
        const AlignmentPoints points = aligner_->align(image, faces.front()).points;
        if (!can_draw_occlusion(points)) {
          throw Error(ErrorCode::kNoFace, name + ": its landmarks are no face's");
        }
        FineImage drawn(image);
        draw_occlusion(drawn, points, *alteration_->occlusion, random);
        image = rounded(drawn);
      }
    }
    if (!alteration_->degradation) return image;
    return degrade_photo(image, *alteration_->degradation, random);
  }

  Verifier verifier_;
  std::optional<FaceAligner> aligner_;
  const PhotoAlteration* alteration_;
};

}  // namespace

EmbeddedPhoto try_photo(const PhotoRef& photo,
                        const std::function<Embedding(const std::string& name)>& embed) {
  EmbeddedPhoto result;
  const std::string name = photo.dataset->full_name(photo.image);
  try {
    result.embedding = embed(name);
  } catch (const Error& error) {
    if (!is_the_photos_fault(error.code())) throw;
    const std::string_view what = error.what();
    const std::string prefix = name + ": ";
    result.reason = what.starts_with(prefix) ? what.substr(prefix.size()) : what;
    result.problem = prefix + result.reason;
    result.unreadable =
        error.code() == ErrorCode::kUnreadableImage || error.code() == ErrorCode::kImageTooLarge;
  }
  return result;
}

std::vector<EmbeddedPhoto> embed_photos(const FaceModels& models,
                                        const std::vector<PhotoRef>& photos, int threads,
                                        ProgressSink& progress, const PhotoAlteration* alteration) {
  std::vector<EmbeddedPhoto> results(photos.size());
  const auto at_once = std::min(static_cast<std::size_t>(thread_count(threads)), photos.size());
  ThreadPool pool(std::max(1, static_cast<int>(at_once)));
  for_each_photo(
      pool, photos.size(), "embedding",
      [&](const ReportShare& report_share) {
        const auto embedder = std::make_shared<PhotoEmbedder>(models, alteration, report_share);
        return [&, embedder](std::size_t i) { results[i] = embedder->embed(photos[i]); };
      },
      progress);
  return results;
}

}  // namespace visavis
