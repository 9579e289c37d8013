#include "native/training/data/teacher_labels.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "core/base/error.h"
#include "core/model/embedder.h"
#include "native/preparation/augmentation.h"
#include "native/preparation/cache_file.h"
#include "native/preparation/for_each_photo.h"
#include "native/system/content_hash.h"

namespace visavis {
namespace {

/// Raised whenever the same photo would be labelled otherwise.
constexpr std::uint64_t kLabelVersion = 1;

std::uint64_t label_key(const Model& teacher) {
  FieldHasher hasher;
  hasher.add("teacher's label");
  hasher.add(kLabelVersion);
  hasher.add(std::span(teacher.preprocessing.mean));
  hasher.add(std::span(teacher.preprocessing.scale));
  for (const auto& [name, values] : teacher.parameters) {
    hasher.add(name);
    hasher.add(std::span(values.data(), values.size()));
  }
  return hasher.value();
}

std::span<const std::uint8_t> bytes_of(const Embedding& label) {
  return {reinterpret_cast<const std::uint8_t*>(label.data()), label.size() * sizeof(float)};
}

}  // namespace

TeacherLabels label_with_teacher(const Model& teacher, const ImageCache& cache, std::size_t photos,
                                 const std::filesystem::path& file, int threads) {
  TeacherLabels labels;
  labels.length_ = Embedder(teacher).embedding_length();
  labels.values_.assign(photos * labels.length_, 0.0F);
  const std::unique_ptr<CacheFile> records = CacheFile::open(file);
  if (records == nullptr) return labels;
  const MappedFile known = records->map();
  const std::uint64_t key = label_key(teacher);
  ThreadPool pool(threads);
  for_each_photo(pool, photos, "asking the teacher", [&](const ReportShare&) {
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
          plain_crop(prepared, embedder->input_width(), embedder->input_height()));
      records->append(photo_key, CacheRecord{}, bytes_of(label));
      std::copy(label.begin(), label.end(), to);
    };
  });
  records->sync();
  return labels;
}

}  // namespace visavis
