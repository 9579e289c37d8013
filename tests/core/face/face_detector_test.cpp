#include "core/face/face_detector.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"

namespace visavis::face_detector_test {
namespace {

FaceDetector fake_face_detector() {
  return FaceDetector(fake_detector(128, 64), fake_detector(256, 128), fake_confirmation());
}

void expect_centre(const Face& face, float x, float y, float tolerance) {
  EXPECT_NEAR(face.box.left + face.box.width / 2, x, tolerance);
  EXPECT_NEAR(face.box.top + face.box.height / 2, y, tolerance);
}

TEST(FaceDetectorTest, FindsALargeFaceInPhotoPixels) {
  FaceDetector detector = fake_face_detector();
  const std::vector<Face> faces = detector.detect(photo_with_square(400, 300, 100, 100, 60));
  ASSERT_EQ(faces.size(), 1U);
  // A cell of the confirming crop is 32 pixels; the blend of those that fire lies nearer.
  expect_centre(faces[0], 130, 130, 6);
}

TEST(FaceDetectorTest, FindsSeveralFaces) {
  FaceDetector detector = fake_face_detector();
  Image photo = photo_with_square(600, 400, 60, 100, 80);
  const Image other = photo_with_square(600, 400, 450, 250, 80);
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) photo.pixels[i] |= other.pixels[i];
  std::vector<Face> faces = detector.detect(photo);
  ASSERT_EQ(faces.size(), 2U);
  if (faces[0].box.left > faces[1].box.left) std::swap(faces[0], faces[1]);
  expect_centre(faces[0], 100, 140, 8);
  expect_centre(faces[1], 490, 290, 8);
}

TEST(FaceDetectorTest, FindsASmallFaceInALargePhotoByTiles) {
  FaceDetector detector = fake_face_detector();
  // 50 of 2000 pixels: a quarter of a cell for either detector on the whole photo.
  const std::vector<Face> faces = detector.detect(photo_with_square(1400, 2000, 930, 1510, 50));
  ASSERT_EQ(faces.size(), 1U);
  expect_centre(faces[0], 955, 1535, 22);  // half a cell of the confirming crop: 21 pixels
}

TEST(FaceDetectorTest, FindsNothingInABlackPhotoOfAnyShape) {
  FaceDetector detector = fake_face_detector();
  EXPECT_TRUE(detector.detect(Image(32, 32)).empty());
  EXPECT_TRUE(detector.detect(Image(1500, 40)).empty());
}

TEST(FaceDetectorTest, RefusesPhotosWithoutRoomForAFace) {
  FaceDetector detector = fake_face_detector();
  for (const Image& photo : {Image(1, 1), Image(31, 500), Image()}) {
    try {
      detector.detect(photo);
      FAIL() << "accepted " << photo.width << "x" << photo.height;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kImageTooSmall);
    }
  }
}

TEST(FaceDetectorTest, RefusesOtherModels) {
  const Model near = fake_detector(128, 64), far = fake_detector(256, 128);
  expect_error(ErrorCode::kModelMismatch, "is no face detector",
               [&] { FaceDetector(fake_landmarks(), far, fake_confirmation()); });
  expect_error(ErrorCode::kModelMismatch, "is no classifier",
               [&] { FaceDetector(near, far, fake_landmarks()); });
  Model without_classes = fake_confirmation();
  without_classes.record.clear();
  expect_error(ErrorCode::kModelMismatch, "has no class 'face'",
               [&] { FaceDetector(near, far, without_classes); });
}

TEST(FaceDetectorTest, TilesCoverThePhotoAndOverlap) {
  const std::vector<SimilarityTransform> crops = tiles(2000, 3000, 750, 256);
  ASSERT_EQ(crops.size(), 4U * 6U);
  const Point first = crops.front().inverse().apply({0, 0});
  const Point last = crops.back().inverse().apply({256, 256});
  EXPECT_NEAR(first.x, 0, 1e-3);
  EXPECT_NEAR(first.y, 0, 1e-3);
  EXPECT_NEAR(last.x, 2000, 1e-3);
  EXPECT_NEAR(last.y, 3000, 1e-3);
  for (std::size_t i = 1; i < 4; ++i) {
    const float step = crops[i].inverse().apply({0, 0}).x - crops[i - 1].inverse().apply({0, 0}).x;
    EXPECT_LE(step, 750 * 0.7F + 1e-3F);
  }
  EXPECT_EQ(tiles(700, 300, 750, 256).size(), 1U);
}

}  // namespace
}  // namespace visavis::face_detector_test
