#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "native/data/training_data.h"
#include "native/preparation/prepared_image.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// Prepared images in one file, mapped into memory: reading one copies its pixels, nothing is
/// decoded. Safe to read from several threads. An image takes side * side * 3 bytes (a face at
/// scale 1: 62 kB) of disk, and of memory as long as the system has some to spare for it.
class ImageCache {
 public:
  ImageCache();
  ImageCache(ImageCache&&) noexcept;
  ImageCache& operator=(ImageCache&&) noexcept;
  ~ImageCache();

  /// Whether photo `photo` of the TrainingData could be prepared. False for all that a stop came
  /// before.
  [[nodiscard]] bool has(std::size_t photo) const;
  /// Throws kInvalidArgument for a photo that could not be prepared.
  [[nodiscard]] PreparedImage read(std::size_t photo) const;
  /// Hash of the photo's encoded bytes, 32 hexadecimal digits; for fingerprints. Empty for a file
  /// that could not be read.
  [[nodiscard]] const std::string& content_hash(std::size_t photo) const;
  /// One hash over all photos, names and identities: the data fingerprint of the training record.
  /// The places of the sources, their weights and the preparation do not enter it.
  [[nodiscard]] const std::string& fingerprint() const;
  [[nodiscard]] const std::vector<PhotoProblem>& problems() const;

 private:
  friend ImageCache prepare_images(const TrainingData&, const FaceModels*,
                                   const PreparationOptions&, const std::filesystem::path&, int,
                                   ProgressSink&, const std::stop_token&);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Detects and aligns (or decodes and shrinks) every photo that `file` does not hold yet, `threads`
/// (0: all cores) at a time, and returns them all. The cache is keyed by the photo's content and by
/// what prepared it (models and options): renamed photos and moved folders are found again, changed
/// ones are prepared anew. A requested stop ends it early: what is done is kept, nothing is thrown.
/// A killed run keeps what it had done, too. One process at a time prepares: another one tells
/// `progress` that it waits. `models` may be null where options.aligns_faces is false. Problems: no
/// face, too small, unreadable, empty; two identities that hold the same file (both photos are
/// named and left out); the same file twice under one person or nobody (the second is left out).
/// What is wrong with a photo's content is remembered and not tried again. Throws kIo where the
/// cache cannot be written (disk full: says how much is needed), and as check_preparation
/// (photo_preparer.h) does.
ImageCache prepare_images(const TrainingData& data, const FaceModels* models,
                          const PreparationOptions& options, const std::filesystem::path& file,
                          int threads, ProgressSink& progress, const std::stop_token& stop = {});

}  // namespace visavis
