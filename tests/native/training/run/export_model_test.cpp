#include "native/training/run/export_model.h"

#include <gtest/gtest.h>

#include <random>

#include "core/base/error.h"
#include "core/network/architectures.h"
#include "native/models/model_files.h"
#include "native/models/model_settings.h"
#include "native/system/thread_pool.h"
#include "native/training/network/trainable_network.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis::export_model_test {
namespace {

constexpr std::size_t kSide = 28;

std::vector<FineImage> random_crops(std::size_t count) {
  std::mt19937_64 random(3);
  std::vector<FineImage> crops(count, FineImage(kSide, kSide));
  for (FineImage& crop : crops) {
    for (float& pixel : crop.pixels) pixel = static_cast<float>(random() % 256);
  }
  return crops;
}

/// A network with batch statistics and slopes that are not those it starts with.
class TrainedNetwork {
 public:
  TrainedNetwork() : pool_(1), network_(spec(), 5, pool_) {
    Array<float> batch({8, kSide, kSide, 3});
    std::mt19937_64 random(4);
    for (int step = 0; step < 3; ++step) {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i] = static_cast<float>(random() % 256) / 127.5F - 1;
      }
      network_.forward(batch, true);
    }
  }

  static NetworkSpec spec() {
    ArchitectureOptions options;
    options.height = options.width = kSide;
    options.embedding_length = 32;
    return make_architecture("conv4", options);
  }

  [[nodiscard]] Parameters parameters() const { return network_.get_parameters(); }

  std::vector<Embedding> embed(const std::vector<FineImage>& crops) {
    Array<float> batch({crops.size(), kSide, kSide, 3});
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::size_t per_crop = kSide * kSide * 3;
      batch[i] = (crops[i / per_crop].pixels[i % per_crop] - 127.5F) / 127.5F;
    }
    const Array<float>& output = network_.forward(batch, false);
    const std::size_t length = output.shape()[1];
    std::vector<Embedding> embeddings;
    for (std::size_t i = 0; i < crops.size(); ++i) {
      embeddings.emplace_back(output.data() + i * length, output.data() + (i + 1) * length);
    }
    return embeddings;
  }

 private:
  ThreadPool pool_;
  TrainableNetwork<float> network_;
};

TEST(ExportModel, ShippedFileEmbedsAsTheNetworkInTrainingDoes) {
  TrainedNetwork trained;
  const TemporaryFolder folder;
  const auto crops = random_crops(5);
  const auto expected = trained.embed(crops);
  const Model model = export_model("small", TrainedNetwork::spec(), trained.parameters(), {},
                                   {{"seed", "5"}, {"data", "made up"}});
  for (const Layer& layer : model.network.layers) {
    EXPECT_FALSE(std::holds_alternative<BatchNormalization>(layer.kind)) << layer.name;
  }
  struct Case {
    WeightStorage storage;
    double tolerance;
  };
  // Rounding of folding and of XNNPACK's sums; then of halves (2^-11 a weight) and of bytes.
  for (const Case& c : {Case{WeightStorage::kFloat32, 1e-4}, Case{WeightStorage::kFloat16, 2e-3},
                        Case{WeightStorage::kInt8, 5e-2}}) {
    const auto file = folder / ("small" + std::to_string(static_cast<int>(c.storage)));
    write_model(model, file, c.storage);
    const Model read = read_model(file);
    EXPECT_EQ(read.name, "small");
    EXPECT_EQ(read.record, model.record);
    const auto embeddings = Embedder(read).embed_batch(crops);
    for (std::size_t i = 0; i < crops.size(); ++i) {
      EXPECT_LT(distance(embeddings[i], expected[i]), c.tolerance)
          << "crop " << i << ", storage " << static_cast<int>(c.storage);
    }
  }
}

TEST(ExportModel, KeepsTheAlignmentAndTakesImagesAsTrainingDoes) {
  const AlignmentTemplate alignment = scaled_template({{{56, 28}, {112, 112}}}, 28, 224);
  TrainedNetwork trained;
  const Model model =
      export_model("small", TrainedNetwork::spec(), trained.parameters(), alignment, {});
  ASSERT_EQ(model.alignment.points.size(), 2U);
  EXPECT_EQ(model.alignment.points[0].x, 14);
  EXPECT_EQ(model.alignment.points[0].y, 56);
  EXPECT_EQ(model.alignment.points[1].x, 28);
  EXPECT_EQ(model.alignment.points[1].y, 224);
  EXPECT_EQ(model.kind, ModelKind::kEmbedder);
  EXPECT_EQ(model.preprocessing.mean, std::vector<float>(3, 127.5F));
  EXPECT_EQ(model.preprocessing.scale, std::vector<float>(3, 1 / 127.5F));
  EXPECT_EQ(training_preprocessing(1).mean.size(), 1U);
  expect_error(ErrorCode::kInvalidArgument, "1 (grey) or 3 (RGB)",
               [&] { training_preprocessing(4); });
}

TEST(ExportModel, LaysFacesOutAsTheImportedEmbedderDoes) {
  const std::filesystem::path settings = "models/imported/mobilefacenet.json";
  if (!std::filesystem::exists(settings)) GTEST_SKIP() << settings << " is not below this folder";
  Model imported;
  imported.network.input = {112, 112, 3};
  apply_settings(settings, imported);
  const AlignmentTemplate ours = training_template112();
  ASSERT_EQ(ours.points.size(), imported.alignment.points.size());
  for (std::size_t i = 0; i < ours.points.size(); ++i) {
    // To the bit: caches of prepared faces are told apart by it.
    EXPECT_EQ(ours.points[i].x, imported.alignment.points[i].x) << "point " << i;
    EXPECT_EQ(ours.points[i].y, imported.alignment.points[i].y) << "point " << i;
  }
}

TEST(ExportModel, RefusesParametersOfAnotherNetwork) {
  TrainedNetwork trained;
  Parameters parameters = trained.parameters();
  parameters.erase(parameters.begin());
  expect_error(ErrorCode::kInvalidArgument, "is missing",
               [&] { export_model("small", TrainedNetwork::spec(), parameters, {}, {}); });
}

TEST(ExportModel, LeavesNoFileWhereTheFolderIsMissing) {
  const TemporaryFolder folder;
  const Model model = identity_model(2, 2);
  expect_error(ErrorCode::kIo, "none/model",
               [&] { write_model(model, folder / "none/model", WeightStorage::kFloat32); });
  EXPECT_FALSE(std::filesystem::exists(folder / "none"));
}

ValidationResult validation_with(std::size_t genuine, std::size_t impostor) {
  ValidationResult validation;
  for (std::size_t i = 0; i < genuine; ++i) validation.pairs.push_back({0.5F, true, true, -1});
  for (std::size_t i = 0; i < impostor; ++i) {
    validation.pairs.push_back({1 + 0.0001F * static_cast<float>(i), false, true, -1});
  }
  return validation;
}

TEST(CalibrateOn, TakesTheLowestFmrThatThePairsAllowAndSaysSo) {
  const CalibrationTable full = calibrate_on(validation_with(20, 2000), "people held out");
  EXPECT_EQ(full.source, "people held out");
  EXPECT_NEAR(rates_at(full, full.threshold).fmr.value, 1e-3, 1e-9);
  const CalibrationTable few = calibrate_on(validation_with(20, 500), "people held out");
  EXPECT_NEAR(rates_at(few, few.threshold).fmr.value, 1e-2, 1e-9);
  EXPECT_NE(few.source.find("1 in 100:"), std::string::npos) << few.source;
  EXPECT_NE(few.source.find("500 impostor pairs"), std::string::npos) << few.source;
  const CalibrationTable fewer = calibrate_on(validation_with(20, 50), "people held out");
  EXPECT_NEAR(rates_at(fewer, fewer.threshold).fmr.value, 0.1, 1e-9);
}

TEST(CalibrateOn, IsEmptyWithoutEnoughPairs) {
  EXPECT_TRUE(calibrate_on(validation_with(20, 9), "").points.empty());
  EXPECT_TRUE(calibrate_on(validation_with(0, 2000), "").points.empty());
  EXPECT_TRUE(calibrate_on({}, "").points.empty());
}

}  // namespace
}  // namespace visavis::export_model_test
