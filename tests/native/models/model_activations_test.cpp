#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "core/image/image.h"
#include "core/image/resample.h"
#include "core/model/model.h"
#include "core/model/preprocess.h"
#include "core/network/runtime.h"
#include "native/data/dataset.h"
#include "native/images/image_file.h"
#include "native/models/model_files.h"
#include "native/quantization/value_ranges.h"
#include "native/system/flush_to_zero.h"
#include "tests/core/model/random_models.h"

namespace visavis::model_activations_test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLfw = "../shared/data/lfw.tar";
constexpr std::size_t kPhotos = 20;

/// Those of the repository, and what ./run imported.
std::vector<fs::path> model_files() {
  std::vector<fs::path> files;
  for (const char* folder : {"models", "build/models"}) {
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".visavis") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Black, white, a ramp, noise, and a disc on a plain ground.
std::vector<Image> drawn_images() {
  constexpr int kSide = 160;
  Random random(5);
  std::vector<Image> images(5, Image(kSide, kSide));
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const bool is_inside = std::hypot(x - 80, y - 70) < 45;
      for (int c = 0; c < 3; ++c) {
        images[1].pixel(x, y)[c] = 255;
        images[2].pixel(x, y)[c] = static_cast<std::uint8_t>((x + y) * 255 / (2 * kSide));
        images[3].pixel(x, y)[c] = static_cast<std::uint8_t>(random.integer(0, 255));
        images[4].pixel(x, y)[c] = static_cast<std::uint8_t>(is_inside ? 190 - 30 * c : 60);
      }
    }
  }
  return images;
}

/// Some of LFW's, where they lie beside the repository.
std::vector<Image> photos() {
  std::vector<Image> images;
  if (!fs::exists(kLfw)) return images;
  const Dataset dataset = Dataset::open(kLfw);
  const std::size_t step = dataset.images().size() / kPhotos;
  for (std::size_t i = 0; i < kPhotos; ++i) {
    images.push_back(decode_image(dataset.read(i * step), dataset.full_name(i * step)));
  }
  return images;
}

FineImage fitted(const Image& image, int width, int height) {
  const double scale = std::max(1.0 * width / image.width, 1.0 * height / image.height);
  return resample(image, {scale, 0, 0, 0}, width, height, Border::kNearest);
}

/// Names the first layer that puts out a denormal float, or nothing.
std::string layer_with_denormals(Network& network, const Preprocessing& preprocessing,
                                 const Image& image) {
  const Shape& shape = network.spec().input;
  const FineImage input = fitted(image, static_cast<int>(shape[1]), static_cast<int>(shape[0]));
  const std::vector<Tensor> values = network.run(network_input({&input, 1}, preprocessing));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto count = std::count_if(values[i].begin(), values[i].end(), [](float value) {
      return std::fpclassify(value) == FP_SUBNORMAL;
    });
    if (count > 0) return network.spec().layers[i].name + ": " + std::to_string(count);
  }
  return {};
}

/// WebAssembly cannot flush denormals, and each costs it a hundred cycles.
TEST(DenormalActivationsTest, NoLayerOfAnyModelPutsOutAny) {
  ASSERT_FALSE(FlushToZero::is_on()) << "denormals would go unseen";
  std::vector<Image> images = drawn_images();
  const std::vector<Image> real = photos();
  if (real.empty()) std::cout << "no photos at " << kLfw << ": drawn images alone\n";
  images.insert(images.end(), real.begin(), real.end());
  const std::vector<fs::path> files = model_files();
  ASSERT_FALSE(files.empty());
  for (const fs::path& file : files) {
    const Model model = read_model(file);
    Network network(with_all_outputs(model.network), model.parameters);
    for (std::size_t i = 0; i < images.size(); ++i) {
      EXPECT_EQ(layer_with_denormals(network, model.preprocessing, images[i]), "")
          << file << ", image " << i;
    }
  }
}

}  // namespace
}  // namespace visavis::model_activations_test
