#include "core/face/face_aligner.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"

namespace visavis::face_aligner_test {
namespace {

/// A face in a box round (200, 150) whose eyes lie along `right`.
Face face_along(Point right) {
  Face face;
  face.box = {150, 100, 100, 100};
  face.keypoints[kLeftEye] = {200 - 20 * right.x, 150 - 20 * right.y};
  face.keypoints[kRightEye] = {200 + 20 * right.x, 150 + 20 * right.y};
  return face;
}

TEST(FaceAlignerTest, AveragesLidsAndLips) {
  Landmarks landmarks{};
  for (std::size_t i = 0; i < kFaceLandmarks; ++i) {
    landmarks[i] = {static_cast<float>(i), static_cast<float>(2 * i)};
  }
  const AlignmentPoints points = alignment_points(landmarks);
  EXPECT_FLOAT_EQ(points[kLeftPupil].x, 39);  // (37 + 38 + 40 + 41) / 4
  EXPECT_FLOAT_EQ(points[kRightPupil].x, 45);
  EXPECT_FLOAT_EQ(points[kNose].y, 60);
  EXPECT_FLOAT_EQ(points[kLeftMouthCorner].x, 54);  // (48 + 60) / 2
  EXPECT_FLOAT_EQ(points[kRightMouthCorner].x, 59);
}

TEST(FaceAlignerTest, LandmarksFollowTheFacesPlaceSizeAndTilt) {
  FaceLandmarks landmarks(fake_landmarks());
  const Image photo(400, 300);
  // The network's square is 110 pixels for 64: the left pupil at (20, 24) of it lies (-12, -8) / 64
  // of 110 from the face's centre.
  const Point level = landmarks.find(photo, face_along({1, 0}))[37];
  EXPECT_NEAR(level.x, 200 - 110 * 12 / 64.0, 1e-3);
  EXPECT_NEAR(level.y, 150 - 110 * 8 / 64.0, 1e-3);
  // Turned by 90 degrees the face's right is the photo's down.
  const Point turned = landmarks.find(photo, face_along({0, 1}))[37];
  EXPECT_NEAR(turned.x, 200 + 110 * 8 / 64.0, 1e-3);
  EXPECT_NEAR(turned.y, 150 - 110 * 12 / 64.0, 1e-3);
}

TEST(FaceAlignerTest, BringsThePointsOntoTheTemplate) {
  const Model embedder = fake_embedder();
  FaceAligner aligner(fake_landmarks(), embedder);
  const AlignedFace aligned = aligner.align(Image(400, 300), face_along({0.8F, 0.6F}));
  EXPECT_EQ(aligned.crop.width, 112);
  EXPECT_EQ(aligned.crop.height, 112);
  const SimilarityTransform best = fit_similarity(aligned.points, embedder.alignment.points);
  EXPECT_EQ(best.a, aligned.photo_to_crop.a);
  for (std::size_t i = 0; i < kAlignmentPoints; ++i) {
    // The fake's points are no exact similarity of the template's: within a few pixels.
    const Point p = aligned.photo_to_crop.apply(aligned.points[i]);
    EXPECT_NEAR(p.x, embedder.alignment.points[i].x, 4) << i;
    EXPECT_NEAR(p.y, embedder.alignment.points[i].y, 4) << i;
  }
}

TEST(FaceAlignerTest, ShowsBlackBeyondThePhoto) {
  FaceAligner aligner(fake_landmarks(), fake_embedder());
  const Image white = photo_with_square(200, 200, 0, 0, 200);  // ends at the face's middle
  const FineImage crop = aligner.align(white, face_along({1, 0})).crop;
  EXPECT_EQ(crop.pixel(5, 60)[0], 255);
  EXPECT_EQ(crop.pixel(106, 60)[0], 0);
}

TEST(FaceAlignerTest, RefusesModelsWithoutATemplate) {
  Model embedder = fake_embedder();
  embedder.alignment.points.pop_back();
  expect_error(ErrorCode::kModelMismatch, "has 4 points instead of 5",
               [&] { FaceAligner(fake_landmarks(), embedder); });
  embedder.alignment.points.clear();
  expect_error(ErrorCode::kModelMismatch,
               "it has no alignment template; import a network of faces with one (`visavis import "
               "onnx --settings FILE`",
               [&] { FaceAligner(fake_landmarks(), embedder); });
  expect_error(ErrorCode::kModelMismatch, "is no face landmark network",
               [&] { FaceAligner(fake_embedder(), fake_embedder()); });
}

}  // namespace
}  // namespace visavis::face_aligner_test
