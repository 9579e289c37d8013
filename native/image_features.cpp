#include "native/image_features.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "core/embedder.h"
#include "core/ink_features.h"
#include "core/model_file.h"
#include "native/atomic_file.h"
#include "native/image_file.h"
#include "native/interrupt.h"
#include "native/progress.h"
#include "native/training/augmentation/augmentation.h"
#include "native/training/data/content_hash.h"
#include "native/training/data/photo_preparer.h"
#include "native/training/thread_pool.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxModelBytes = std::size_t{1} << 30U;

/// Of one thread.
class WholeImageEmbedder {
 public:
  explicit WholeImageEmbedder(const Model& model)
      : embedder_(model, 1), preparer_(nullptr, preparation_for(embedder_)) {}

  /// As training saw the images that it validated on.
  Embedding embed(const std::vector<std::uint8_t>& encoded, const std::string& name) {
    return embedder_.embed(plain_crop(preparer_.prepare(encoded, name), embedder_.input_width(),
                                      embedder_.input_height()));
  }

 private:
  static PreparationOptions preparation_for(const Embedder& embedder) {
    PreparationOptions options;
    options.aligns_faces = false;
    options.side = std::max(embedder.input_width(), embedder.input_height());
    return options;
  }
  Embedder embedder_;
  PhotoPreparer preparer_;
};

}  // namespace

ImageFeatures ImageFeatures::of_ink() {
  ImageFeatures features;
  // The number rises with every change of what ink_features gives.
  features.name_ = "ink features 1";
  return features;
}

ImageFeatures ImageFeatures::of_model(const ModelChoice& choice) {
  const std::vector<std::uint8_t> bytes = read_file(choice.embedder, kMaxModelBytes);
  Model model = load_model(bytes, choice.embedder);
  if (model.kind != ModelKind::kEmbedder) {
    throw Error(ErrorCode::kModelMismatch, choice.embedder + ": a " + to_string(model.kind) +
                                               ", no embedder; name one with --model");
  }
  ImageFeatures features;
  features.name_ = model.name;
  features.digest_ = to_string(content_hash(bytes));
  if (model.alignment.points.empty()) {
    features.whole_ = std::move(model);
  } else {
    features.faces_ = load_face_models(choice);
  }
  return features;
}

std::vector<EmbeddedPhoto> ImageFeatures::extract(const std::vector<PhotoRef>& photos,
                                                  int threads) const {
  if (faces_) return embed_photos(*faces_, photos, threads);
  std::vector<EmbeddedPhoto> results(photos.size());
  Progress progress("embedding", photos.size(), "images");
  ThreadPool pool(threads);
  pool.parallel_for(photos.size(), [&](int, std::size_t begin, std::size_t end) {
    std::unique_ptr<WholeImageEmbedder> embedder;
    if (whole_) embedder = std::make_unique<WholeImageEmbedder>(*whole_);
    for (std::size_t i = begin; i < end && !stop_requested(); ++i) {
      const PhotoRef& photo = photos[i];
      const std::string name = photo.dataset->full_name(photo.image);
      try {
        const std::vector<std::uint8_t> encoded = photo.dataset->read(photo.image);
        results[i].embedding = embedder != nullptr
                                   ? embedder->embed(encoded, name)
                                   : ink_features(decode_image(encoded, name), name);
      } catch (const Error& error) {
        if (!is_the_photos_fault(error.code())) throw;
        results[i].problem = error.what();
        results[i].unreadable = true;
      }
      progress.advance();
    }
  });
  if (stop_requested()) return {};
  return results;
}

}  // namespace visavis
