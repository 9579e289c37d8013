#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "native/data/training_data.h"
#include "native/preparation/image_cache.h"
#include "native/system/progress_sink.h"
#include "tests/native/images/encoders.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis {

/// An image file like no other number's: 16x16, plain.
inline Bytes numbered_image(std::uint32_t number) {
  Bytes rows(16 * 16 * 3, static_cast<std::uint8_t>(number >> 8U));
  for (std::size_t i = 0; i < rows.size(); i += 3) rows[i] = static_cast<std::uint8_t>(number);
  return encode_png(16, 16, rows, {});
}

/// Writes `count` images into a folder, unlike all others of this object.
class ImageWriter {
 public:
  explicit ImageWriter(const TemporaryFolder& folder) : folder_(folder) {}
  void write(const std::string& name, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      folder_.write(name + "/" + std::to_string(100 + i) + ".png", numbered_image(next_++));
    }
  }

 private:
  const TemporaryFolder& folder_;
  std::uint32_t next_ = 0;
};

/// Whole images, small; no models needed.
inline PreparationOptions whole_images() {
  PreparationOptions options;
  options.aligns_faces = false;
  options.side = 16;
  return options;
}

inline ImageCache prepare_whole(const TrainingData& data, const std::filesystem::path& file) {
  return prepare_images(data, nullptr, whole_images(), file, 2, no_progress());
}

/// The Error's message, or "no error".
inline std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace visavis
