#include "native/training/data/batch_rows.h"

#include <algorithm>
#include <string>

#include "core/base/error.h"
#include "core/model/preprocess.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

void check(const LoaderOptions& options) {
  if (options.height < 1 || options.width < 1) {
    refuse("batch loader", "images of " + std::to_string(options.width) + "x" +
                               std::to_string(options.height) +
                               " pixels; both sides must be at least 1");
  }
  const std::size_t channels = options.preprocessing.mean.size();
  if ((channels != 1 && channels != 3) || options.preprocessing.scale.size() != channels) {
    refuse("batch loader",
           "preprocessing with " + std::to_string(channels) + " means and " +
               std::to_string(options.preprocessing.scale.size()) +
               " scales; both need one per channel, and channels are 1 (luma) or 3");
  }
  if (options.ranks < 1 || options.rank >= options.ranks) {
    refuse("batch loader", "rank " + std::to_string(options.rank) + " of " +
                               std::to_string(options.ranks) + " ranks; ranks count from 0");
  }
  if (options.teacher != nullptr && options.teacher_labels != nullptr) {
    refuse("batch loader", "a teacher and a teacher's labels; give one of them");
  }
}

/// Rows differ in seed, step or row: their draws have nothing in common.
std::mt19937_64 random_of_row(std::uint64_t seed, std::uint64_t step, std::size_t row) {
  return std::mt19937_64(mix64(mix64(mix64(seed) ^ step) ^ static_cast<std::uint64_t>(row)));
}

}  // namespace

RowMaker::RowMaker(ImageReader read_image, const LoaderOptions& options, std::size_t threads)
    : read_image_(std::move(read_image)), options_(options), workers_(threads) {
  check(options);
  if (options.teacher == nullptr) return;
  for (Worker& worker : workers_) worker.teacher = std::make_unique<Embedder>(*options.teacher);
}

void RowMaker::start(const std::vector<BatchItem>& items, std::size_t begin, std::size_t end,
                     TrainingBatch& batch) const {
  const std::size_t rows = end - begin;
  batch.images.resize({rows, static_cast<std::size_t>(options_.height),
                       static_cast<std::size_t>(options_.width),
                       options_.preprocessing.mean.size()});
  BatchLabels& labels = batch.labels;
  labels.step = batch.step;
  labels.labels.clear();
  labels.is_query.clear();
  // Whether it is an episode is a matter of the global batch: a rank may have support rows only.
  const bool is_episode =
      std::any_of(items.begin(), items.end(), [](const BatchItem& item) { return item.is_query; });
  for (std::size_t row = begin; row < end; ++row) {
    labels.labels.push_back(items[row].label);
    if (is_episode) labels.is_query.push_back(items[row].is_query);
  }
  if (options_.teacher_labels != nullptr) {
    labels.teacher.resize({rows, options_.teacher_labels->length()});
  } else if (options_.teacher != nullptr) {
    labels.teacher.resize({rows, workers_.front().teacher->embedding_length()});
  }
}

void RowMaker::make(std::size_t thread, const BatchItem& item, std::size_t global_row,
                    std::size_t row, TrainingBatch& batch) {
  const PreparedImage prepared = read_image_(item.photo);
  std::mt19937_64 random = random_of_row(options_.seed, batch.step, global_row);
  const AugmentationPlan plan = draw_augmentation(options_.augmentation, random);
  const FineImage crop =
      planned_crop(prepared, plan, options_.width, options_.height, item.quarter_turns);
  write_row(crop, batch.images.data() + row * (batch.images.size() / batch.images.shape()[0]));

  if (options_.teacher_labels != nullptr) {
    const std::span<const float> label = options_.teacher_labels->of(item.photo);
    std::copy(label.begin(), label.end(), batch.labels.teacher.data() + row * label.size());
    return;
  }
  Worker& worker = workers_[thread];
  if (worker.teacher == nullptr) return;
  const int width = worker.teacher->input_width(), height = worker.teacher->input_height();
  const bool is_same_size = crop.width == width && crop.height == height;
  if (is_same_size && !options_.teacher_sees_clean) {
    worker.crops.push_back(crop);
  } else {
    worker.crops.push_back(planned_crop(prepared, options_.teacher_sees_clean ? plan.clean() : plan,
                                        width, height, item.quarter_turns));
  }
}

void RowMaker::teach(std::size_t thread, std::size_t first_row, TrainingBatch& batch) {
  Worker& worker = workers_[thread];
  if (worker.teacher == nullptr) return;
  const std::vector<Embedding> embeddings = worker.teacher->embed_batch(worker.crops);
  worker.crops.clear();
  float* out = batch.labels.teacher.data() + first_row * worker.teacher->embedding_length();
  for (const Embedding& embedding : embeddings) {
    out = std::copy(embedding.begin(), embedding.end(), out);
  }
}

void RowMaker::forget(std::size_t thread) { workers_[thread].crops.clear(); }

/// core/model/preprocess.h's rule.
void RowMaker::write_row(const FineImage& crop, float* out) const {
  const Preprocessing& p = options_.preprocessing;
  const float* in = crop.pixels.data();
  const std::size_t pixels = crop.pixels.size() / 3;
  if (p.mean.size() == 1) {
    const float mean = p.mean[0], scale = p.scale[0];
    for (std::size_t i = 0; i < pixels; ++i) out[i] = (luma(in + i * 3) - mean) * scale;
    return;
  }
  const float mean0 = p.mean[0], mean1 = p.mean[1], mean2 = p.mean[2];
  const float scale0 = p.scale[0], scale1 = p.scale[1], scale2 = p.scale[2];
  for (std::size_t i = 0; i < pixels * 3; i += 3) {
    out[i] = (in[i] - mean0) * scale0;
    out[i + 1] = (in[i + 1] - mean1) * scale1;
    out[i + 2] = (in[i + 2] - mean2) * scale2;
  }
}

}  // namespace visavis
