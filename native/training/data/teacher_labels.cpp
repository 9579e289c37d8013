#include "native/training/data/teacher_labels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>
#include <optional>

#include "core/base/error.h"
#include "core/base/geometry.h"
#include "core/image/similarity_transform.h"
#include "core/model/embedder.h"
#include "native/models/model_files.h"
#include "native/preparation/augmentation.h"
#include "native/preparation/cache_file.h"
#include "native/preparation/for_each_photo.h"
#include "native/system/content_hash.h"

namespace visavis {
namespace {

/// Raised whenever the same photo would be labelled otherwise.
constexpr std::uint64_t kLabelVersion = 1;

constexpr float kTemplateSide = 112;

std::uint64_t label_key(const Model& teacher, const AugmentationPlan& crop) {
  FieldHasher hasher;
  hasher.add("teacher's label");
  hasher.add(kLabelVersion);
  hasher.add(std::span(teacher.preprocessing.mean));
  hasher.add(std::span(teacher.preprocessing.scale));
  for (const auto& [name, values] : teacher.parameters) {
    hasher.add(name);
    hasher.add(std::span(values.data(), values.size()));
  }
  if (!is_plain(crop)) {
    for (const double value : {crop.scale, crop.degrees, crop.shift_x, crop.shift_y}) {
      hasher.add(std::bit_cast<std::uint64_t>(value));
    }
  }
  return hasher.value();
}

std::span<const std::uint8_t> bytes_of(const Embedding& label) {
  return {reinterpret_cast<const std::uint8_t*>(label.data()), label.size() * sizeof(float)};
}

}  // namespace

bool is_plain(const AugmentationPlan& crop) {
  return crop.scale == 1 && crop.degrees == 0 && crop.shift_x == 0 && crop.shift_y == 0;
}

std::vector<Model> read_teachers(const std::vector<std::filesystem::path>& files) {
  std::vector<Model> teachers;
  teachers.reserve(files.size());
  for (const std::filesystem::path& file : files) teachers.push_back(read_model(file));
  return teachers;
}

std::size_t teacher_dimensions(const std::vector<Model>& teachers) {
  std::size_t sum = 0;
  for (const Model& teacher : teachers) sum += output_length(teacher.network);
  return sum;
}

AlignmentTemplate template112_of(const Model& model) {
  AlignmentTemplate scaled = model.alignment;
  for (Point& point : scaled.points) {
    point.x *= kTemplateSide / static_cast<float>(model.network.input[1]);
    point.y *= kTemplateSide / static_cast<float>(model.network.input[0]);
  }
  return scaled;
}

AugmentationPlan crop_for(const Model& model, const AlignmentTemplate& template112) {
  constexpr float kSamePoint = 0.01F;
  constexpr Point kCentre{kTemplateSide / 2, kTemplateSide / 2};
  AugmentationPlan plan;
  const std::vector<Point> to = template112_of(model).points;
  if (to.empty() || template112.points.empty()) return plan;
  const bool is_same =
      std::equal(to.begin(), to.end(), template112.points.begin(),
                 [](Point a, Point b) { return distance_between(a, b) <= kSamePoint; });
  if (is_same) return plan;
  const SimilarityTransform move = fit_similarity(template112.points, to);
  const Point centre = move.apply(kCentre);
  plan.scale = move.scale();
  plan.degrees = std::atan2(move.b, move.a) * 180 / std::numbers::pi;
  plan.shift_x = (centre.x - kCentre.x) / kTemplateSide;
  plan.shift_y = (centre.y - kCentre.y) / kTemplateSide;
  return plan;
}

TeacherLabels side_by_side(const std::vector<TeacherLabels>& labels) {
  if (labels.size() == 1) return labels.front();
  TeacherLabels all;
  for (const TeacherLabels& one : labels) all.length_ += one.length_;
  const std::size_t photos = labels.front().values_.size() / labels.front().length_;
  const float factor = 1 / std::sqrt(static_cast<float>(labels.size()));
  all.values_.reserve(photos * all.length_);
  for (std::size_t photo = 0; photo < photos; ++photo) {
    for (const TeacherLabels& one : labels) {
      for (const float value : one.of(photo)) all.values_.push_back(value * factor);
    }
  }
  return all;
}

TeacherLabels label_with_teacher(const Model& teacher, const AlignmentTemplate& template112,
                                 const ImageCache& cache, std::size_t photos,
                                 const std::filesystem::path& file, int threads,
                                 ProgressSink& progress, const std::stop_token& stop) {
  TeacherLabels labels;
  labels.length_ = Embedder(teacher).embedding_length();
  labels.values_.assign(photos * labels.length_, 0.0F);
  const std::unique_ptr<CacheFile> records = CacheFile::open(file, progress, stop);
  if (records == nullptr) return labels;
  const MappedFile known = records->map();
  const AugmentationPlan crop = crop_for(teacher, template112);
  const std::uint64_t key = label_key(teacher, crop);
  ThreadPool pool(threads);
  for_each_photo(
      pool, photos, "asking the teacher",
      [&](const ReportShare&) {
        return [&, embedder = std::make_shared<Embedder>(teacher)](std::size_t photo) {
          if (!cache.has(photo)) return;
          const PreparedImage prepared = cache.read(photo);
          const CacheKey photo_key{content_hash(prepared.image.pixels), key};
          float* to = labels.values_.data() + photo * labels.length_;
          const std::optional<CacheFile::Entry> entry = records->find(photo_key);
          if (entry && entry->size == labels.length_ * sizeof(float)) {
            std::memcpy(to, known.bytes().data() + entry->offset, entry->size);
            return;
          }
          const Embedding label = embedder->embed_with_mirror(
              planned_crop(prepared, crop, embedder->input_width(), embedder->input_height()));
          records->append(photo_key, CacheRecord{}, bytes_of(label));
          std::copy(label.begin(), label.end(), to);
        };
      },
      progress, stop);
  records->sync();
  return labels;
}

}  // namespace visavis
