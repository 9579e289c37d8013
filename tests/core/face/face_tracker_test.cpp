#include "core/face/face_tracker.h"

#include <gtest/gtest.h>

#include "core/face/verifier.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"

namespace visavis::face_tracker_test {
namespace {

/// A face's box of this side round a point, level.
Face face_at(float x, float y, float side) {
  Face face;
  face.box = {x - side / 2, y - side / 2, side, side};
  face.confidence = 1;
  face.keypoints[kLeftEye] = {x - side / 5, y};
  face.keypoints[kRightEye] = {x + side / 5, y};
  return face;
}

/// White squares at both ends of a wide frame: the fake detector's boxes, 390 pixels wide, do not
/// touch.
Image two_people() {
  Image frame = photo_with_square(600, 300, 0, 95, 110);
  for (int y = 95; y < 205; ++y) {
    for (int x = 490; x < 600; ++x) {
      for (int c = 0; c < 3; ++c) frame.pixel(x, y)[c] = 255;
    }
  }
  return frame;
}

TEST(FaceTrackerTest, TellsOfAFaceWhatItsEnrolmentTells) {
  Verifier verifier(fake_models());
  const Image frame = photo_with_square(400, 300, 100, 100, 90);
  const TrackedView view = verifier.track(frame);
  ASSERT_TRUE(view.face.has_value());
  EXPECT_TRUE(view.others.empty());
  EXPECT_NEAR(centre_of(view.face->face).x, 145, 8);
  const FaceTemplate made = verifier.make_template(frame, view.face->face);
  EXPECT_EQ(view.face->quality.eye_distance, made.quality.eye_distance);
  EXPECT_EQ(view.face->quality.sharpness, made.quality.sharpness);
  EXPECT_EQ(view.face->quality.visible, made.quality.visible);
  // The fake landmarks' pupils: 24 of the 64 pixels that cover 1.1 of the box.
  const AlignmentPoints points = alignment_points(view.face->landmarks);
  EXPECT_NEAR(distance_between(points[kLeftPupil], points[kRightPupil]),
              view.face->face.box.width * 1.1 * 24 / 64, 0.1);
}

TEST(FaceTrackerTest, SeesNobodyInAnEmptyFrame) {
  Verifier verifier(fake_models());
  const TrackedView view = verifier.track(Image(400, 300), face_at(200, 150, 100));
  EXPECT_FALSE(view.face.has_value());
  EXPECT_TRUE(view.others.empty());
}

TEST(FaceTrackerTest, FollowsTheFaceOfTheLastFrame) {
  Verifier verifier(fake_models());
  const Image frame = two_people();
  for (const float x : {55.0F, 545.0F}) {
    const TrackedView view = verifier.track(frame, face_at(x, 150, 390));
    ASSERT_TRUE(view.face.has_value());
    EXPECT_NEAR(centre_of(view.face->face).x, x, 30);
    ASSERT_EQ(view.others.size(), 1U);
    EXPECT_NEAR(centre_of(view.others.front()).x, 600 - x, 30);
  }
}

TEST(FaceTrackerTest, FindsAgainWhereItWasAFaceTooSmallForTheWholeFrame) {
  Verifier verifier(fake_models());
  // A cell of the detector's grid is 33 pixels of the frame: of these none is half white, of a closer look's some are.
  const Image frame = photo_with_square(400, 300, 188, 138, 24);
  EXPECT_FALSE(verifier.track(frame).face.has_value());
  const TrackedView view = verifier.track(frame, face_at(200, 150, 100));
  ASSERT_TRUE(view.face.has_value());
  EXPECT_NEAR(centre_of(view.face->face).x, 200, 15);
  EXPECT_NEAR(view.face->face.box.width, 100, 1);
}

TEST(FaceTrackerTest, FollowsADoubtfulFaceButDoesNotBeginWithOne) {
  FaceModels models = fake_models();
  const Image frame = photo_with_square(400, 300, 100, 100, 90);
  const Face face = Verifier(models).track(frame).face.value().face;
  models.confirmation = fake_confirmation(12);  // Of this dark a square: neither sure nor refused.
  Verifier verifier(models);
  EXPECT_FALSE(verifier.track(frame).face.has_value());
  EXPECT_TRUE(verifier.track(frame, face).face.has_value());
}

TEST(FaceTrackerTest, RefusesAFrameWithoutRoomForAFace) {
  Verifier verifier(fake_models());
  expect_error(ErrorCode::kImageTooSmall, "31x400", [&] { (void)verifier.track(Image(31, 400)); });
}

}  // namespace
}  // namespace visavis::face_tracker_test
