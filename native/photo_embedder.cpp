#include "native/photo_embedder.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "native/image_file.h"
#include "native/interrupt.h"
#include "native/progress.h"

namespace visavis {
namespace {

bool is_the_photos_fault(ErrorCode code) {
  return code == ErrorCode::kNoFace || code == ErrorCode::kFaceTooSmall ||
         code == ErrorCode::kImageTooSmall || code == ErrorCode::kUnreadableImage ||
         code == ErrorCode::kImageTooLarge;
}

EmbeddedPhoto embed_photo(Verifier& verifier, const PhotoRef& photo) {
  EmbeddedPhoto result;
  try {
    const Image image =
        decode_image(photo.dataset->read(photo.image), photo.dataset->full_name(photo.image));
    result.embedding = verifier.make_template(image).embedding;
  } catch (const Error& error) {
    if (!is_the_photos_fault(error.code())) throw;
    result.problem = error.what();
    result.unreadable =
        error.code() == ErrorCode::kUnreadableImage || error.code() == ErrorCode::kImageTooLarge;
  }
  return result;
}

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

std::vector<EmbeddedPhoto> embed_photos(const FaceModels& models,
                                        const std::vector<PhotoRef>& photos, int threads) {
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  threads = static_cast<int>(std::min(static_cast<std::size_t>(threads), photos.size()));
  std::vector<EmbeddedPhoto> results(photos.size());
  std::atomic<std::size_t> next{0};
  FirstFailure failure;
  {
    Progress progress("embedding", photos.size(), "photos");
    const auto work = [&] {
      try {
        // One verifier per thread with one thread per network: photos are independent, so this
        // keeps the cores busier than threads inside a small network would.
        Verifier verifier(models, 1);
        while (!stop_requested() && !failure.failed()) {
          const std::size_t i = next++;
          if (i >= photos.size()) return;
          results[i] = embed_photo(verifier, photos[i]);
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
