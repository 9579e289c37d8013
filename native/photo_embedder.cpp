#include "native/photo_embedder.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "native/image_file.h"
#include "native/interrupt.h"
#include "native/photo_alteration.h"
#include "native/progress.h"

namespace visavis {
namespace {

bool is_the_photos_fault(ErrorCode code) {
  return code == ErrorCode::kNoFace || code == ErrorCode::kFaceTooSmall ||
         code == ErrorCode::kImageTooSmall || code == ErrorCode::kUnreadableImage ||
         code == ErrorCode::kImageTooLarge;
}

/// The networks of one thread, and what is done to photos before.
class PhotoEmbedder {
 public:
  // One thread per network: photos are independent, so a verifier per thread keeps the cores busier
  // than threads inside a small network would.
  PhotoEmbedder(const FaceModels& models, const PhotoAlteration* alteration)
      : verifier_(models, 1), alteration_(alteration) {
    if (alteration != nullptr && alteration->occlusion) {
      aligner_.emplace(models.landmarks, models.embedder, 1);
    }
  }

  EmbeddedPhoto embed(const PhotoRef& photo) {
    EmbeddedPhoto result;
    const std::string name = photo.dataset->full_name(photo.image);
    try {
      Image image = decode_image(photo.dataset->read(photo.image), name);
      if (photo.is_altered && alteration_ != nullptr) image = altered(image, name);
      result.embedding = verifier_.make_template(image).embedding;
    } catch (const Error& error) {
      if (!is_the_photos_fault(error.code())) throw;
      set_problem(result, name, error);
      result.unreadable =
          error.code() == ErrorCode::kUnreadableImage || error.code() == ErrorCode::kImageTooLarge;
    }
    return result;
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

/// The first exception of several threads.
class FirstFailure {
 public:
  void store(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (failure_ == nullptr) failure_ = std::move(failure);
    failed_ = true;
  }
  [[nodiscard]] bool failed() const { return failed_; }
  /// To be called once the threads have ended.
  void rethrow() const {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::atomic<bool> failed_{false};
};

}  // namespace

void set_problem(EmbeddedPhoto& photo, const std::string& name, const Error& error) {
  const std::string_view what = error.what();
  const std::string prefix = name + ": ";
  photo.reason = what.starts_with(prefix) ? what.substr(prefix.size()) : what;
  photo.problem = prefix + photo.reason;
}

std::vector<EmbeddedPhoto> embed_photos(const FaceModels& models,
                                        const std::vector<PhotoRef>& photos, int threads,
                                        const PhotoAlteration* alteration) {
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  threads = static_cast<int>(std::min(static_cast<std::size_t>(threads), photos.size()));
  std::vector<EmbeddedPhoto> results(photos.size());
  std::atomic<std::size_t> next{0};
  FirstFailure failure;
  {
    Progress progress("embedding", photos.size(), "photos");
    const auto work = [&] {
      try {
        PhotoEmbedder embedder(models, alteration);
        while (!stop_requested() && !failure.failed()) {
          const std::size_t i = next++;
          if (i >= photos.size()) return;
          results[i] = embedder.embed(photos[i]);
          progress.advance();
        }
      } catch (...) {
        failure.store(std::current_exception());
      }
    };
    std::vector<std::thread> workers;
    workers.reserve(static_cast<std::size_t>(threads));
    for (int i = 0; i < threads; ++i) workers.emplace_back(work);
    for (std::thread& worker : workers) worker.join();
  }
  failure.rethrow();
  if (stop_requested()) return {};
  return results;
}

}  // namespace visavis
