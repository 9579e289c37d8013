#pragma once

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/model/model_file.h"
#include "native/images/image_file.h"
#include "native/models/model_files.h"
#include "tests/core/face/fake_models.h"
#include "tests/native/commands/run_command.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis {

using Rgb = std::array<std::uint8_t, 3>;
inline constexpr Rgb kWhite{255, 255, 255};
/// Its mean colour points 0.62 from white's: another person to the fake embedder (threshold 0.5).
inline constexpr Rgb kOrange{255, 200, 0};
/// 0.26 from white's: another photo of the same person.
inline constexpr Rgb kCream{255, 235, 160};

/// The commands as a user runs them, on models whose answers can be told by hand (fake_models.h: a
/// bright square is a face, its colour is the person).
class CommandTest : public testing::Test {
 protected:
  CommandTest() {
    const FaceModels models = fake_models();
    save(models.near_detector, kNearDetectorFile);
    save(models.far_detector, kFarDetectorFile);
    save(models.landmarks, kLandmarksFile);
    save(models.embedder, kEmbedderFile);
    save(models.confirmation, kConfirmationFile);
  }

  void save(const Model& model, const std::string& name) const {
    std::filesystem::create_directories(fake_models_folder());
    std::ofstream out(fake_models_folder() / name, std::ios::binary);
    save_model(model, out);
  }

  [[nodiscard]] std::filesystem::path fake_models_folder() const { return folder_ / "models"; }

  CommandResult run(const std::vector<std::string>& arguments) const {
    return run_visavis(arguments, fake_models_folder().string());
  }

  static void paint_square(Image& photo, int left, int top, int side, const Rgb& colour) {
    for (int y = top; y < top + side; ++y) {
      for (int x = left; x < left + side; ++x) {
        for (std::size_t c = 0; c < 3; ++c) photo.pixel(x, y)[c] = colour[c];
      }
    }
  }

  /// A PNG of a black photo with one face.
  std::string photo_of(const std::string& name, const Rgb& colour) const {
    Image photo(400, 300);
    paint_square(photo, 100, 100, 90, colour);
    return write(photo, name);
  }

  /// The same with nothing that speaks against comparing it: in the middle, before a wall of the
  /// face's colour.
  std::string portrait_of(const std::string& name, const Rgb& colour) const {
    Image photo(600, 600);
    Rgb wall = colour;
    for (std::uint8_t& value : wall) value /= 5;
    paint_square(photo, 0, 0, 600, wall);
    paint_square(photo, 255, 255, 90, colour);
    return write(photo, name);
  }

  std::string write(const Image& photo, const std::string& name) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_png(photo, folder_ / name);
    return (folder_ / name).string();
  }

  TemporaryFolder folder_;
};

}  // namespace visavis
