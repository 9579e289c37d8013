#include "native/embedding/image_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "core/drawing/find_ink.h"
#include "core/drawing/ink_features.h"
#include "core/fewshot/rejection.h"
#include "core/image/whole_image.h"
#include "core/model/embedder.h"
#include "core/model/model_file.h"
#include "core/model/preprocess.h"
#include "native/images/image_file.h"
#include "native/preparation/augmentation.h"
#include "native/preparation/for_each_photo.h"
#include "native/preparation/photo_preparer.h"
#include "native/system/content_hash.h"
#include "native/system/processors.h"

namespace visavis {
namespace {

using Encoded = std::vector<std::uint8_t>;
/// From an encoded image and its name to its vector; of one thread.
using Extractor = std::function<Embedding(const Encoded&, const std::string&)>;

PreparationOptions whole_image_preparation(int side) {
  PreparationOptions options;
  options.aligns_faces = false;
  options.side = side;
  return options;
}

class WholeImageEmbedder {
 public:
  WholeImageEmbedder(const Model& model, std::vector<double> rotations)
      : embedder_(model, 1),
        preparer_(nullptr, whole_image_preparation(
                               std::max(embedder_.input_width(), embedder_.input_height()))),
        rotations_(std::move(rotations)) {}

  /// As training saw the images that it validated on.
  Embedding embed(const Encoded& encoded, const std::string& name) {
    const PreparedImage prepared = preparer_.prepare(encoded, name);
    std::vector<FineImage> crops;
    for (const double degrees : rotations_) {
      AugmentationPlan plan;
      plan.degrees = degrees;
      const int width = embedder_.input_width(), height = embedder_.input_height();
      crops.push_back(degrees == 0 ? plain_crop(prepared, width, height)
                                   : planned_crop(prepared, plan, width, height));
    }
    return unit_mean(embedder_.embed_batch(crops));
  }

 private:
  Embedder embedder_;
  PhotoPreparer preparer_;
  std::vector<double> rotations_;
};

Extractor pixel_extractor() {
  auto preparer = std::make_shared<PhotoPreparer>(nullptr, whole_image_preparation(kPixelSide));
  return [preparer](const Encoded& encoded, const std::string& name) {
    const FineImage crop = plain_crop(preparer->prepare(encoded, name), kPixelSide, kPixelSide);
    const Tensor darkness = network_input({&crop, 1}, {{255.0F}, {-1 / 255.0F}});
    return Embedding(darkness.begin(), darkness.end());
  };
}

Extractor model_extractor(const Model& model, const std::vector<double>& rotations) {
  auto embedder = std::make_shared<WholeImageEmbedder>(model, rotations);
  return [embedder](const Encoded& encoded, const std::string& name) {
    return embedder->embed(encoded, name);
  };
}

/// As the package embeds a photo of a character (core/api).
Extractor found_ink_extractor(const Model& model) {
  auto embedder = std::make_shared<Embedder>(model, 1);
  return [embedder](const Encoded& encoded, const std::string& name) {
    const Image drawing = find_ink(decode_image(encoded, name));
    return embedder->embed(whole_image(drawing, embedder->input_width()));
  };
}

Extractor ink_extractor() {
  return [](const Encoded& encoded, const std::string& name) {
    return ink_features(decode_image(encoded, name), name);
  };
}

}  // namespace

ImageFeatures ImageFeatures::of_ink() {
  ImageFeatures features;
  // The number rises with every change of what ink_features gives.
  features.name_ = "ink features 1";
  return features;
}

ImageFeatures ImageFeatures::of_pixels() {
  ImageFeatures features;
  features.name_ = fmt::format("pixels {0}x{0}", kPixelSide);
  features.takes_pixels_ = true;
  return features;
}

ImageFeatures ImageFeatures::of_model(const ModelChoice& choice) {
  const std::string path = embedder_path(choice).string();
  const std::vector<std::uint8_t> bytes = read_model_bytes(path);
  Model model = load_model(bytes, path);
  if (model.kind != ModelKind::kEmbedder) {
    throw Error(ErrorCode::kModelMismatch,
                path + ": a " + to_string(model.kind) + ", no embedder; name one with --model");
  }
  ImageFeatures features;
  features.name_ = model.name;
  features.digest_ = to_string(content_hash(bytes));
  features.fingerprint_ = embedder_fingerprint(model.name, bytes, choice.averages_mirror);
  if (model.alignment.points.empty()) {
    features.whole_ = std::move(model);
  } else {
    features.faces_ = load_face_models(choice);
  }
  return features;
}

const FewShotHead& ImageFeatures::few_shot_head() const {
  static const FewShotHead kNone;
  return whole_ ? whole_->few_shot : faces_ ? faces_->embedder.few_shot : kNone;
}

std::optional<double> ImageFeatures::default_rejection_distance() const {
  if (faces_) {
    return visavis::default_rejection_distance(faces_->embedder.calibration,
                                               FewShotSubject::kFaces);
  }
  if (!whole_) return std::nullopt;
  return visavis::default_rejection_distance(whole_->calibration, FewShotSubject::kWholeImages);
}

void ImageFeatures::average_rotations(const std::vector<double>& degrees) {
  if (!whole_) {
    throw Error(ErrorCode::kUnsupported,
                name_ +
                    ": only embeddings of whole images are averaged over rotations; faces are "
                    "upright once aligned, pixels are a baseline");
  }
  if (degrees.empty() || !std::all_of(degrees.begin(), degrees.end(),
                                      [](double angle) { return std::isfinite(angle); })) {
    throw Error(ErrorCode::kInvalidArgument, "rotations to average over must be finite degrees");
  }
  rotations_ = degrees;
}

void ImageFeatures::find_ink_first() {
  const bool takes_squares = whole_ && whole_->network.input.size() == 3 &&
                             whole_->network.input[0] == whole_->network.input[1];
  if (!takes_squares) {
    throw Error(ErrorCode::kUnsupported,
                name_ + ": ink is found for models of whole images in a square alone");
  }
  finds_ink_ = true;
}

std::vector<EmbeddedPhoto> ImageFeatures::extract(const std::vector<PhotoRef>& photos, int threads,
                                                  ProgressSink& progress) const {
  if (faces_) return embed_photos(*faces_, photos, threads, progress);
  std::vector<EmbeddedPhoto> results(photos.size());
  ThreadPool pool(thread_count(threads));
  for_each_photo(
      pool, photos.size(), "embedding",
      [&](const ReportShare&) -> PhotoWorker {
        const Extractor extractor = finds_ink_      ? found_ink_extractor(*whole_)
                                    : whole_        ? model_extractor(*whole_, rotations_)
                                    : takes_pixels_ ? pixel_extractor()
                                                    : ink_extractor();
        return [&, extractor](std::size_t i) {
          results[i] = try_photo(photos[i], [&](const std::string& name) {
            return extractor(photos[i].dataset->read(photos[i].image), name);
          });
        };
      },
      progress);
  return results;
}

}  // namespace visavis
