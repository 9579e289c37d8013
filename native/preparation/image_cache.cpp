#include "native/preparation/image_cache.h"

#include <fmt/format.h>

#include <atomic>
#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "native/images/image_file.h"
#include "native/preparation/cache_file.h"
#include "native/preparation/duplicates.h"
#include "native/preparation/for_each_photo.h"
#include "native/preparation/photo_preparer.h"
#include "native/system/content_hash.h"
#include "native/system/thread_pool.h"

namespace visavis {

struct ImageCache::Impl {
  MappedFile map;
  std::vector<std::optional<CacheFile::Entry>> entries;  ///< Per photo; images, not problems.
  std::vector<std::string> content_hashes;               ///< Per photo.
  std::string fingerprint;
  std::vector<PhotoProblem> problems;
};

namespace {

using Entry = CacheFile::Entry;
/// One run over the photos of a training.
class Preparation {
 public:
  Preparation(const TrainingData& data, const FaceModels* models, const PreparationOptions& options,
              CacheFile& file)
      : data_(data),
        models_(models),
        options_(options),
        key_(preparation_key(models, options)),
        file_(file),
        contents_(data.photos.size()),
        is_photo_(data.photos.size()),
        entries_(data.photos.size()),
        reasons_(data.photos.size()) {}

  /// Reads every photo and looks it up.
  void look_up(ThreadPool& pool, ProgressSink& progress, const std::stop_token& stop) {
    for_each_photo(
        pool, data_.photos.size(), "reading",
        [this](const ReportShare&) {
          return [this](std::size_t photo) {
            const std::optional<std::vector<std::uint8_t>> bytes = read(photo);
            if (!bytes) return;
            contents_[photo] = content_hash(*bytes);
            is_photo_[photo] = is_photo(*bytes) ? 1 : 0;
            entries_[photo] = file_.find({*contents_[photo], key_});
          };
        },
        progress, stop);
  }

  /// Of files that are no photos, empty ones say, there are no duplicates: each is told as it is.
  void leave_out_duplicates() {
    std::vector<std::optional<ContentHash>> photos = contents_;
    for (std::size_t photo = 0; photo < photos.size(); ++photo) {
      if (is_photo_[photo] == 0) photos[photo].reset();
    }
    for (PhotoProblem& problem : find_duplicates(data_, photos)) {
      reasons_[problem.photo] = std::move(problem.reason);
    }
  }

  void prepare_missing(ThreadPool& pool, ProgressSink& progress, const std::stop_token& stop) {
    std::vector<std::size_t> missing;
    for (std::size_t photo = 0; photo < entries_.size(); ++photo) {
      if (contents_[photo] && !entries_[photo] && reasons_[photo].empty()) missing.push_back(photo);
    }
    std::atomic<std::size_t> left{missing.size()};
    for_each_photo(
        pool, missing.size(), "preparing",
        [&](const ReportShare&) {
          return [&, preparer = std::make_shared<PhotoPreparer>(models_, options_)](std::size_t i) {
            prepare(*preparer, missing[i], left--);
          };
        },
        progress, stop);
  }

  void move_into(std::vector<std::optional<Entry>>& entries, std::vector<PhotoProblem>& problems,
                 const MappedFile& map) {
    for (std::size_t photo = 0; photo < entries_.size(); ++photo) {
      const std::optional<Entry>& entry = entries_[photo];
      if (reasons_[photo].empty() && entry && entry->record.is_problem) {
        const auto text = map.bytes().subspan(entry->offset, entry->size);
        reasons_[photo] = data_.name(photo) + ": " + std::string(text.begin(), text.end());
      }
      if (!reasons_[photo].empty()) {
        problems.push_back({photo, reasons_[photo]});
        entries_[photo].reset();
      }
    }
    entries = std::move(entries_);
  }

  [[nodiscard]] std::vector<std::string> content_hashes() const {
    std::vector<std::string> hashes(contents_.size());
    for (std::size_t photo = 0; photo < hashes.size(); ++photo) {
      if (contents_[photo]) hashes[photo] = to_string(*contents_[photo]);
    }
    return hashes;
  }

 private:
  /// Nothing, and the reason noted, for a file that cannot be read: that may be mended without a
  /// change of the content, so it's not cached.
  std::optional<std::vector<std::uint8_t>> read(std::size_t photo) {
    const TrainingPhoto& place = data_.photos[photo];
    try {
      return data_.datasets[place.source].read(place.image);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kIo && error.code() != ErrorCode::kImageTooLarge) throw;
      reasons_[photo] = error.what();
      return std::nullopt;
    }
  }

  void prepare(PhotoPreparer& preparer, std::size_t photo, std::size_t left) {
    const std::optional<std::vector<std::uint8_t>> bytes = read(photo);
    if (!bytes) return;
    contents_[photo] = content_hash(*bytes);  // It may have changed since it was looked up.
    CacheRecord record;
    std::vector<std::uint8_t> payload;
    try {
      PreparedImage prepared = preparer.prepare(*bytes, "");
      record.width = static_cast<std::uint32_t>(prepared.image.width);
      record.height = static_cast<std::uint32_t>(prepared.image.height);
      if (prepared.points) {
        record.has_points = true;
        for (std::size_t i = 0; i < kAlignmentPoints; ++i) {
          record.points[2 * i] = (*prepared.points)[i].x;
          record.points[2 * i + 1] = (*prepared.points)[i].y;
        }
      }
      payload = std::move(prepared.image.pixels);
    } catch (const Error& error) {
      if (!is_the_photos_fault(error.code())) throw;
      record.is_problem = true;
      const std::string reason = std::string(error.what()).substr(2);  // After ": ": no name yet.
      payload.assign(reason.begin(), reason.end());
    }
    store(photo, record, payload, left);
  }

  void store(std::size_t photo, const CacheRecord& record, std::span<const std::uint8_t> payload,
             std::size_t left) {
    try {
      entries_[photo] = file_.append({*contents_[photo], key_}, record, payload);
    } catch (const Error& error) {
      const double each =
          options_.aligns_faces ? kFaceCropSide * options_.scale : 1.0 * options_.side;
      throw Error(error.code(),
                  fmt::format("{}; the {} photos left need {:.0f} MB", error.what(), left,
                              std::ceil(static_cast<double>(left) * each * each * 3e-6)));
    }
  }

  const TrainingData& data_;
  const FaceModels* models_;
  const PreparationOptions options_;
  const std::uint64_t key_;
  CacheFile& file_;
  std::vector<std::optional<ContentHash>> contents_;
  std::vector<char> is_photo_;  ///< 0 or 1: threads write neighbours.
  std::vector<std::optional<Entry>> entries_;
  std::vector<std::string> reasons_;  ///< Empty where nothing is wrong.
};

/// Over what the data are, not where they lie.
std::string fingerprint_of(const TrainingData& data, const std::vector<std::string>& hashes) {
  FieldHasher hasher;
  for (std::size_t photo = 0; photo < data.photos.size(); ++photo) {
    const TrainingPhoto& place = data.photos[photo];
    hasher.add(std::uint64_t{place.source});
    hasher.add(data.datasets[place.source].images()[place.image]);
    // Whom the photo shows follows from its name, unless it shows nobody.
    hasher.add(static_cast<std::uint64_t>(data.sources[place.source].is_labelled));
    hasher.add(hashes[photo]);
  }
  return fmt::format("{:016x}", hasher.value());
}

}  // namespace

ImageCache::ImageCache() : impl_(std::make_unique<Impl>()) {}
ImageCache::ImageCache(ImageCache&&) noexcept = default;
ImageCache& ImageCache::operator=(ImageCache&&) noexcept = default;
ImageCache::~ImageCache() = default;

bool ImageCache::has(std::size_t photo) const {
  return photo < impl_->entries.size() && impl_->entries[photo].has_value();
}

PreparedImage ImageCache::read(std::size_t photo) const {
  if (!has(photo)) {
    throw Error(ErrorCode::kInvalidArgument,
                "photo " + std::to_string(photo) + " could not be prepared: ask has() first");
  }
  const Entry& entry = *impl_->entries[photo];
  const auto pixels = impl_->map.bytes().subspan(entry.offset, entry.size);
  PreparedImage prepared;
  prepared.image.width = static_cast<int>(entry.record.width);
  prepared.image.height = static_cast<int>(entry.record.height);
  prepared.image.pixels.assign(pixels.begin(), pixels.end());
  if (entry.record.has_points) {
    prepared.points.emplace();
    for (std::size_t i = 0; i < kAlignmentPoints; ++i) {
      (*prepared.points)[i] = {entry.record.points[2 * i], entry.record.points[2 * i + 1]};
    }
  }
  return prepared;
}

const std::string& ImageCache::content_hash(std::size_t photo) const {
  return impl_->content_hashes.at(photo);
}

const std::string& ImageCache::fingerprint() const { return impl_->fingerprint; }

const std::vector<PhotoProblem>& ImageCache::problems() const { return impl_->problems; }

ImageCache prepare_images(const TrainingData& data, const FaceModels* models,
                          const PreparationOptions& options, const std::filesystem::path& file,
                          int threads, ProgressSink& progress, const std::stop_token& stop) {
  check_preparation(models, options);
  ImageCache cache;
  cache.impl_->entries.resize(data.photos.size());
  cache.impl_->content_hashes.resize(data.photos.size());
  const std::unique_ptr<CacheFile> records = CacheFile::open(file, progress, stop);
  if (records == nullptr) return cache;

  ThreadPool pool(threads);
  Preparation preparation(data, models, options, *records);
  preparation.look_up(pool, progress, stop);
  preparation.leave_out_duplicates();
  preparation.prepare_missing(pool, progress, stop);
  records->sync();

  ImageCache::Impl& impl = *cache.impl_;
  impl.map = records->map();
  preparation.move_into(impl.entries, impl.problems, impl.map);
  impl.content_hashes = preparation.content_hashes();
  impl.fingerprint = fingerprint_of(data, impl.content_hashes);
  return cache;
}

}  // namespace visavis
