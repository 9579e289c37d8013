#include <algorithm>
#include <cmath>

#include "core/api/api.h"
#include "core/api/objects.h"
#include "core/fewshot/rejection.h"
#include "core/fewshot/support_file.h"
#include "core/image/whole_image.h"
#include "core/model/fingerprint.h"
#include "core/model/model_file.h"

namespace visavis::api {
namespace {

ImageEmbedderObject& embedder_at(VisavisHandle handle) {
  return handles().get<ImageEmbedderObject>(handle);
}

SupportObject& support_object_at(VisavisHandle handle) {
  return handles().get<SupportObject>(handle);
}

SupportSet& support_at(VisavisHandle handle) { return support_object_at(handle).set; }

const SupportClass& class_at(VisavisHandle handle, std::int32_t index) {
  const std::vector<SupportClass>& classes = support_at(handle).classes();
  require(index >= 0 && static_cast<std::size_t>(index) < classes.size(),
          "The support set has no class number " + std::to_string(index) + ".");
  return classes[static_cast<std::size_t>(index)];
}

std::span<const float> embedding_of(const float* values, std::int32_t length) {
  require(length > 0, "An embedding has at least one number.");
  return {values, static_cast<std::size_t>(length)};
}

FewShotMethod method_of(std::int32_t number) {
  require(number >= 0 && number <= static_cast<std::int32_t>(FewShotMethod::kNearest),
          "There is no few-shot method " + std::to_string(number) + ": give 0 to 2.");
  return static_cast<FewShotMethod>(number);
}

Similarity similarity_of(std::int32_t number) {
  require(number == 0 || number == 1,
          "There is no similarity " + std::to_string(number) + ": give 0 or 1.");
  return number == 1 ? Similarity::kCosine : Similarity::kEuclidean;
}

}  // namespace
}  // namespace visavis::api

using namespace visavis;       // NOLINT(google-build-using-namespace): the exports are global.
using namespace visavis::api;  // NOLINT(google-build-using-namespace)

VisavisHandle visavis_embedder_create(const std::uint8_t* bytes, std::size_t size,
                                      const char* source) {
  return guarded([&] {
    const Model model = load_model({bytes, size}, source);
    if (model.few_shot.kind != FewShotHeadKind::kNone) {
      throw Error(
          ErrorCode::kModelMismatch,
          std::string(source) + ": the model '" + model.name +
              "' tells classes by its few-shot head '" + to_string(model.few_shot.kind) +
              "', which only `visavis classify` runs; give one trained without such a head");
    }
    auto object =
        std::make_unique<ImageEmbedderObject>(model, model_fingerprint(model.name, {bytes, size}));
    const bool is_square = object->embedder.input_width() == object->embedder.input_height();
    if (!model.alignment.points.empty() || !is_square) {
      throw Error(ErrorCode::kModelMismatch,
                  std::string(source) + ": the model '" + model.name +
                      "' takes no whole images in a square; give one trained with --whole-images");
    }
    return handles().add(std::move(object));
  });
}

const char* visavis_embedder_name(VisavisHandle embedder) {
  return guarded([&] { return embedder_at(embedder).name.c_str(); });
}

const char* visavis_embedder_model(VisavisHandle embedder) {
  return guarded([&] { return embedder_at(embedder).fingerprint.c_str(); });
}

std::int32_t visavis_embedder_side(VisavisHandle embedder) {
  return guarded([&] { return embedder_at(embedder).embedder.input_width(); });
}

std::int32_t visavis_embedder_embedding_length(VisavisHandle embedder) {
  return guarded(
      [&] { return static_cast<std::int32_t>(embedder_at(embedder).embedder.embedding_length()); });
}

double visavis_embedder_threshold(VisavisHandle embedder, double fmr) {
  return guarded([&] {
    const CalibrationTable& table = embedder_at(embedder).calibration;
    return table.points.empty() ? 0 : threshold_at_fmr(table, fmr);
  });
}

double visavis_embedder_rejection_distance(VisavisHandle embedder) {
  return guarded([&] {
    return default_rejection_distance(embedder_at(embedder).calibration,
                                      FewShotSubject::kWholeImages)
        .value_or(0);
  });
}

void visavis_embedder_embed(VisavisHandle embedder, VisavisHandle image, float* embedding,
                            std::uint8_t* crop) {
  guarded([&] {
    Embedder& network = embedder_at(embedder).embedder;
    const Image seen = whole_image(handles().get<ImageObject>(image).image, network.input_width());
    const Embedding values = network.embed(seen);
    std::copy(values.begin(), values.end(), embedding);
    std::copy(seen.pixels.begin(), seen.pixels.end(), crop);
  });
}

VisavisHandle visavis_support_create(std::int32_t embedding_length) {
  return guarded([&] {
    require(embedding_length > 0, "An embedding has at least one number.");
    return handles().add(
        std::make_unique<SupportObject>(SupportSet(static_cast<std::size_t>(embedding_length))));
  });
}

void visavis_support_add(VisavisHandle support, const char* name, const float* embedding,
                         std::int32_t length) {
  guarded([&] {
    SupportSet& set = support_at(support);
    const std::span<const float> values = embedding_of(embedding, length);
    // A class's first rows may be several, so a longer embedding would pass for two.
    require(values.size() == set.embedding_length(),
            "An example's embedding has " + std::to_string(length) +
                " numbers, the support set's "
                "have " +
                std::to_string(set.embedding_length()) + ".");
    if (set.find(name)) {
      set.add_example(name, values);
    } else {
      set.add_class(name, values);
    }
  });
}

void visavis_support_remove_example(VisavisHandle support, const char* name, std::int32_t example) {
  guarded([&] {
    require(example >= 0, "Examples are counted from 0.");
    support_at(support).remove_example(name, static_cast<std::size_t>(example));
  });
}

void visavis_support_remove_class(VisavisHandle support, const char* name) {
  guarded([&] { support_at(support).remove_class(name); });
}

std::int32_t visavis_support_class_count(VisavisHandle support) {
  return guarded([&] { return static_cast<std::int32_t>(support_at(support).classes().size()); });
}

const char* visavis_support_class_name(VisavisHandle support, std::int32_t index) {
  return guarded([&] { return class_at(support, index).name.c_str(); });
}

std::int32_t visavis_support_class_shots(VisavisHandle support, std::int32_t index) {
  return guarded([&] { return static_cast<std::int32_t>(class_at(support, index).shots); });
}

const float* visavis_support_rows(VisavisHandle support) {
  return guarded([&] { return support_at(support).rows().data(); });
}

std::int32_t visavis_support_classify(VisavisHandle support, const float* query,
                                      std::int32_t length, std::int32_t method,
                                      std::int32_t similarity, double scale,
                                      double rejection_distance, double* ranking) {
  return guarded([&] {
    FewShotOptions options;
    options.method = method_of(method);
    options.similarity = similarity_of(similarity);
    options.scale = scale;
    if (!std::isnan(rejection_distance)) options.rejection_distance = rejection_distance;
    const FewShotAnswer answer = support_at(support).classify(embedding_of(query, length), options);
    for (const RankedClass& ranked : answer.ranking) {
      *ranking++ = static_cast<double>(ranked.index);
      *ranking++ = ranked.probability;
      *ranking++ = ranked.distance;
    }
    return answer.is_rejected ? 1 : 0;
  });
}

std::size_t visavis_support_pack(VisavisHandle support, const char* model) {
  return guarded([&] {
    SupportObject& object = support_object_at(support);
    object.packed = support_bytes(model, object.set);
    return object.packed.size();
  });
}

const std::uint8_t* visavis_support_packed(VisavisHandle support) {
  return guarded([&] {
    return reinterpret_cast<const std::uint8_t*>(support_object_at(support).packed.data());
  });
}

VisavisHandle visavis_support_unpack(const std::uint8_t* bytes, std::size_t size, const char* model,
                                     const char* source) {
  return guarded([&] {
    StoredSupport stored = load_support({bytes, size}, source);
    require_same_model(stored.model, model, source);
    return handles().add(std::make_unique<SupportObject>(std::move(stored.set)));
  });
}
