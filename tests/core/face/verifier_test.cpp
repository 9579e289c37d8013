#include "core/face/verifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"

namespace visavis::verifier_test {
namespace {

TEST(VerifierTest, MakesATemplateOfTheFaceItFinds) {
  Verifier verifier(fake_models());
  const FaceTemplate made = verifier.enrol(photo_with_square(400, 300, 100, 100, 90)).face_template;
  ASSERT_EQ(made.embedding.size(), 3U);
  EXPECT_NEAR(distance(made.embedding, {0.57735F, 0.57735F, 0.57735F}), 0, 1e-4);  // white on black
  EXPECT_NEAR(made.face.box.left + made.face.box.width / 2, 145, 8);
  EXPECT_EQ(made.crop.width, 112);
  // Pupils are 24 of the 64 pixels that cover 1.1 of the box.
  EXPECT_NEAR(made.quality.eye_distance, made.face.box.width * 1.1 * 24 / 64, 0.1);
}

TEST(VerifierTest, SaysWhenThereIsNoFace) {
  Verifier verifier(fake_models());
  try {
    static_cast<void>(verifier.enrol(Image(400, 300)));
    FAIL() << "a black photo has no face";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNoFace);
  }
}

TEST(VerifierTest, SaysHowManyPixelsAFaceLacks) {
  Verifier verifier(fake_models());
  const Image photo = photo_with_square(200, 200, 0, 0, 200);
  Face face;
  face.box = {100, 100, 20, 20};  // 8 pixels between the pupils
  face.keypoints[kRightEye] = {5, 0};
  try {
    verifier.make_template(photo, face);
    FAIL() << "accepted a face of 20 pixels";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kFaceTooSmall);
    const std::string message = error.what();
    EXPECT_NE(message.find("8 pixels"), std::string::npos) << message;
    EXPECT_NE(message.find("at least " + std::to_string(static_cast<int>(kMinEyeDistance))),
              std::string::npos)
        << message;
  }
}

TEST(VerifierTest, JudgesByTheShippedThresholdUnlessGivenAnother) {
  const Verifier verifier(fake_models());
  FaceTemplate reference, probe;
  reference.embedding = {1, 0, 0};
  probe.embedding = {0.8F, 0.6F, 0};  // sqrt(0.04 + 0.36) = 0.632 apart
  const Verdict verdict = verifier.verify(reference, probe);
  EXPECT_NEAR(verdict.distance, 0.6325, 1e-4);
  EXPECT_EQ(verdict.threshold, 0.5);
  EXPECT_FALSE(verdict.is_match);
  EXPECT_GT(verdict.fmr_at_distance.value().value, 0.05);  // between those at 0.5 and 1.0
  EXPECT_LT(verdict.fmr_at_distance.value().value, 0.1);
  EXPECT_TRUE(verifier.verify(reference, probe, 0.7).is_match);
  EXPECT_FALSE(verifier.verify(reference, probe, verdict.distance).is_match);  // strictly below
  EXPECT_TRUE(verifier.verify(reference, reference).is_match);
}

TEST(VerifierTest, RefusesTemplatesOfDifferentModels) {
  const Verifier verifier(fake_models());
  FaceTemplate reference, probe;
  reference.embedding = {1, 0, 0};
  probe.embedding = {1, 0};
  expect_error(ErrorCode::kInvalidArgument, "numbers, the model's embeddings have",
               [&] { (void)verifier.verify(reference, probe); });
}

TEST(VerifierTest, RefusesWhatIsNoEmbeddingOfItsModel) {
  const Verifier verifier(fake_models());
  const float nan = std::numeric_limits<float>::quiet_NaN();
  FaceTemplate good;
  good.embedding = {1, 0, 0};
  const std::vector<std::pair<std::string, Embedding>> cases{
      {"is not of length 1 (its norm is 0)", {0, 0, 0}},
      {"its norm is nan", {nan, 0, 1}},
      {"is not of length 1", {3e38F, 3e38F, 3e38F}},
      {"is not of length 1", {2, 0, 0}},
      {"has 2 numbers, the model's embeddings have 3", {1, 0}},
      {"has 0 numbers", {}}};
  for (const auto& [part, embedding] : cases) {
    FaceTemplate bad;
    bad.embedding = embedding;
    expect_error(ErrorCode::kInvalidArgument, "the reference's embedding ",
                 [&] { (void)verifier.verify(bad, good); });
    expect_error(ErrorCode::kInvalidArgument, part, [&] { (void)verifier.verify(good, bad); });
  }
  // What rounding to float32 leaves is taken.
  good.embedding = {0.57735026F, 0.57735026F, 0.57735026F};
  EXPECT_TRUE(verifier.verify(good, good).is_match);
}

TEST(VerifierTest, RefusesAThresholdThatIsNoDistance) {
  const Verifier verifier(fake_models());
  FaceTemplate face;
  face.embedding = {1, 0, 0};
  for (const double threshold : {std::nan(""), -0.1, 2.1, 1e308}) {
    expect_error(ErrorCode::kInvalidArgument, "the threshold must be a number from 0 to 2, not ",
                 [&] { (void)verifier.verify(face, face, threshold); });
  }
}

TEST(VerifierTest, RefusesModelsInTheWrongPlace) {
  FaceModels models = fake_models();
  std::swap(models.landmarks, models.embedder);
  expect_error(ErrorCode::kModelMismatch, "is no ", [&] { Verifier{models}; });
}

}  // namespace
}  // namespace visavis::verifier_test
