#include "native/embedding/photo_embedder.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "core/face/face_aligner.h"
#include "core/face/face_choice.h"
#include "core/face/face_detector.h"
#include "core/face/quality.h"
#include "native/effects/photo_alteration.h"
#include "native/images/image_file.h"
#include "native/preparation/for_each_photo.h"
#include "native/preparation/photo_preparer.h"
#include "native/system/processors.h"

namespace visavis {
namespace {

bool have_one_geometry(const Model& a, const Model& b) {
  const auto same_point = [](const Point& p, const Point& q) { return p.x == q.x && p.y == q.y; };
  return a.network.input == b.network.input &&
         std::equal(a.alignment.points.begin(), a.alignment.points.end(),
                    b.alignment.points.begin(), b.alignment.points.end(), same_point);
}

/// What an embedder sees of a photo, and how fit that is to be decided on.
struct FitCrop {
  FineImage crop;
  FaceFitness fitness;
};

/// Photo to aligned crops: the networks of one thread before the embedders, and what is done to
/// photos before.
class CropMaker {
 public:
  // One thread per network: photos are independent, so networks per thread keep the cores busier
  // than threads inside a small network would.
  CropMaker(const FaceModels& models, const std::vector<const Model*>& embedders,
            const PhotoAlteration* alteration, const ReportShare& report_share)
      : detector_(models.near_detector, models.far_detector, models.confirmation, 1),
        alteration_(alteration) {
    detector_.on_progress(report_share);
    std::vector<const Model*> geometries;
    for (const Model* embedder : embedders) {
      const auto same = std::find_if(geometries.begin(), geometries.end(), [&](const Model* other) {
        return have_one_geometry(*embedder, *other);
      });
      geometry_of_.push_back(static_cast<std::size_t>(same - geometries.begin()));
      if (same != geometries.end()) continue;
      geometries.push_back(embedder);
      aligners_.emplace_back(models.landmarks, *embedder, 1);
    }
  }

  /// A crop for each geometry; geometry_of tells which is an embedder's. Throws as Verifier::enrol.
  std::vector<FitCrop> crops(const PhotoRef& photo, const std::string& name) {
    Image image = decode_image(photo.dataset->read(photo.image), name);
    if (photo.is_altered && alteration_ != nullptr) image = altered(image, name);
    const Face face = choose_face(detector_.detect(image), image);
    std::vector<FitCrop> crops;
    for (FaceAligner& aligner : aligners_) {
      AlignedFace aligned = aligner.align(image, face);
      Quality quality = assess_quality(aligned, image.width, image.height);
      require_enough_pixels(quality.eye_distance);
      crops.push_back(
          {std::move(aligned.crop), {double{face.confidence}, std::move(quality.issues)}});
    }
    return crops;
  }

  [[nodiscard]] std::size_t geometry_of(std::size_t embedder) const {
    return geometry_of_[embedder];
  }

 private:
  /// Where no face is found, nothing can be drawn over it: the journey will say so.
  Image altered(Image image, const std::string& name) {
    std::mt19937_64 random = alteration_->random_of(name);
    if (alteration_->occlusion) {
      const std::vector<Face> faces = detector_.detect(image);
      if (!faces.empty()) {
        const AlignmentPoints points = aligners_.front().align(image, faces.front()).points;
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

  FaceDetector detector_;
  std::vector<FaceAligner> aligners_;
  std::vector<std::size_t> geometry_of_;
  const PhotoAlteration* alteration_;
};

/// Photo to the embeddings of several networks.
class PhotoEmbedder {
 public:
  PhotoEmbedder(const FaceModels& models, const std::vector<const Model*>& embedders,
                const PhotoAlteration* alteration, const ReportShare& report_share)
      : crops_(models, embedders, alteration, report_share),
        averages_mirror_(models.averages_mirror) {
    for (const Model* embedder : embedders) embedders_.emplace_back(*embedder, 1);
  }

  /// One of each embedder; where there is none, there is none of all.
  std::vector<EmbeddedPhoto> embed(const PhotoRef& photo) {
    std::vector<Embedding> embeddings;
    std::vector<FitCrop> crops;
    const EmbeddedPhoto first = try_photo(photo, [&](const std::string& name) {
      crops = crops_.crops(photo, name);
      for (std::size_t i = 0; i < embedders_.size(); ++i) {
        const FineImage& crop = crops[crops_.geometry_of(i)].crop;
        embeddings.push_back(averages_mirror_ ? embedders_[i].embed_with_mirror(crop)
                                              : embedders_[i].embed(crop));
      }
      return embeddings.front();
    });
    std::vector<EmbeddedPhoto> photos(embedders_.size(), first);
    if (!first.has_face()) return photos;
    for (std::size_t i = 0; i < photos.size(); ++i) {
      photos[i].embedding = std::move(embeddings[i]);
      photos[i].fitness = crops[crops_.geometry_of(i)].fitness;
    }
    return photos;
  }

 private:
  CropMaker crops_;
  std::vector<Embedder> embedders_;
  bool averages_mirror_;
};

/// Calls a worker of each thread's own for every photo.
void for_each_of(const std::vector<PhotoRef>& photos, int threads, const std::string& what,
                 ProgressSink& progress,
                 const std::function<PhotoWorker(const ReportShare&)>& make_worker) {
  const auto at_once = std::min(static_cast<std::size_t>(thread_count(threads)), photos.size());
  ThreadPool pool(std::max(1, static_cast<int>(at_once)));
  for_each_photo(pool, photos.size(), what, make_worker, progress);
}

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
  return std::move(
      embed_photos_by_each(models, {&models.embedder}, photos, threads, progress, alteration)
          .front());
}

std::vector<std::vector<EmbeddedPhoto>> embed_photos_by_each(
    const FaceModels& models, const std::vector<const Model*>& embedders,
    const std::vector<PhotoRef>& photos, int threads, ProgressSink& progress,
    const PhotoAlteration* alteration) {
  std::vector<std::vector<EmbeddedPhoto>> results(embedders.size(),
                                                  std::vector<EmbeddedPhoto>(photos.size()));
  for_each_of(photos, threads, "embedding", progress, [&](const ReportShare& report_share) {
    const auto embedder =
        std::make_shared<PhotoEmbedder>(models, embedders, alteration, report_share);
    return [&, embedder](std::size_t i) {
      std::vector<EmbeddedPhoto> embedded = embedder->embed(photos[i]);
      for (std::size_t k = 0; k < embedded.size(); ++k) results[k][i] = std::move(embedded[k]);
    };
  });
  return results;
}

std::vector<std::optional<Image>> aligned_crops(const FaceModels& models,
                                                const std::vector<PhotoRef>& photos, int threads,
                                                ProgressSink& progress,
                                                const PhotoAlteration* alteration) {
  std::vector<std::optional<Image>> images(photos.size());
  for_each_of(photos, threads, "aligning", progress, [&](const ReportShare& report_share) {
    const auto maker = std::make_shared<CropMaker>(
        models, std::vector<const Model*>{&models.embedder}, alteration, report_share);
    return [&, maker](std::size_t i) {
      (void)try_photo(photos[i], [&](const std::string& name) {
        images[i] = rounded(maker->crops(photos[i], name).front().crop);
        return Embedding{};
      });
    };
  });
  return images;
}

}  // namespace visavis
