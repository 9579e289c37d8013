#include "core/face/blazeface.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::blazeface_test {
namespace {

const std::vector<AnchorGrid> kNearGrids{{8, 2}, {16, 6}};

DetectorSettings near_settings() { return {kNearGrids, kFaceKeypoints, 0.5F}; }

/// Outputs of a network that sees no face at all.
std::vector<Tensor> quiet_outputs() {
  std::vector<Tensor> outputs{Tensor({1, 512, 1}), Tensor({1, 384, 1}), Tensor({1, 512, 16}),
                              Tensor({1, 384, 16})};
  for (const std::size_t grid : {0U, 1U}) {
    for (std::size_t i = 0; i < outputs[grid].size(); ++i) outputs[grid][i] = -100;
  }
  return outputs;
}

Face face_at(float left, float top, float side, float confidence) {
  Face face;
  face.box = {left, top, side, side};
  face.confidence = confidence;
  face.keypoints.fill({left, top});
  return face;
}

TEST(BlazeFaceTest, HasThe896AnchorsOfThePaper) {
  const std::vector<Point> anchors = anchor_centres(kNearGrids, 128);
  ASSERT_EQ(anchors.size(), 896U);  // 16 * 16 * 2 + 8 * 8 * 6
  EXPECT_EQ(anchors[0].x, 4);
  EXPECT_EQ(anchors[1].x, 4);  // two per cell
  EXPECT_EQ(anchors[2].x, 12);
  EXPECT_EQ(anchors[2].y, 4);
  EXPECT_EQ(anchors[511].x, 124);
  EXPECT_EQ(anchors[511].y, 124);
  EXPECT_EQ(anchors[512].x, 8);  // the coarse grid begins
  EXPECT_EQ(anchors[895].y, 120);
  EXPECT_EQ(anchor_centres({{16, 2}, {32, 6}}, 256).size(), 896U);
  expect_error(ErrorCode::kInvalidArgument, "anchors of stride 7", [&] {
    anchor_centres({{7, 2}}, 128);
  });
}

TEST(BlazeFaceTest, DecodesRelativeToTheAnchor) {
  std::vector<Tensor> outputs = quiet_outputs();
  // Coarse grid, cell (3, 1), first anchor of six: centre (56, 24).
  const std::size_t anchor = (1 * 8 + 3) * 6;
  outputs[1][anchor] = 2;
  float* values = outputs[3].data() + anchor * 16;
  values[0] = 4, values[1] = -4, values[2] = 30, values[3] = 40;
  for (int k = 0; k < kFaceKeypoints; ++k) {
    values[4 + 2 * k] = static_cast<float>(k);
    values[5 + 2 * k] = static_cast<float>(-k);
  }
  const std::vector<Face> faces = decode_faces(outputs, near_settings(), 128);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_NEAR(faces[0].confidence, 1 / (1 + std::exp(-2.0)), 1e-6);
  EXPECT_EQ(faces[0].box.left, 45);  // 56 + 4 - 15
  EXPECT_EQ(faces[0].box.top, 0);    // 24 - 4 - 20
  EXPECT_EQ(faces[0].box.width, 30);
  EXPECT_EQ(faces[0].box.height, 40);
  EXPECT_EQ(faces[0].keypoints[kRightEar].x, 61);
  EXPECT_EQ(faces[0].keypoints[kRightEar].y, 19);
}

TEST(BlazeFaceTest, KeepsOnlyWhatExceedsTheThreshold) {
  std::vector<Tensor> outputs = quiet_outputs();
  for (const std::size_t i : {5U, 6U, 7U}) {
    outputs[0][i] = i == 5 ? -0.01F : 0.01F;  // sigmoid(0) = 0.5 is the threshold
    outputs[2][i * 16 + 2] = outputs[2][i * 16 + 3] = i == 7 ? -1.0F : 10.0F;  // a box turned out
  }
  EXPECT_EQ(decode_faces(outputs, near_settings(), 128).size(), 1U);
}

TEST(BlazeFaceTest, RefusesOutputsThatAreNotFiniteOrDoNotFit) {
  std::vector<Tensor> outputs = quiet_outputs();
  outputs[2][99] = std::numeric_limits<float>::infinity();
  try {
    decode_faces(outputs, near_settings(), 128);
    FAIL() << "infinity was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
  }
  outputs = quiet_outputs();
  outputs.pop_back();
  expect_error(ErrorCode::kModelMismatch, "do not fit its",
               [&] { decode_faces(outputs, near_settings(), 128); });
  expect_error(ErrorCode::kModelMismatch, "do not fit its",
               [&] { decode_faces(quiet_outputs(), near_settings(), 256); });
}

TEST(BlazeFaceTest, OverlapIsIntersectionOverUnion) {
  EXPECT_FLOAT_EQ(overlap({0, 0, 10, 10}, {0, 0, 10, 10}), 1);
  EXPECT_FLOAT_EQ(overlap({0, 0, 10, 10}, {5, 0, 10, 10}), 50.0F / 150);
  EXPECT_EQ(overlap({0, 0, 10, 10}, {10, 0, 10, 10}), 0);
  EXPECT_EQ(overlap({0, 0, 10, 10}, {-30, -30, 5, 5}), 0);  // two negatives make no positive
}

TEST(BlazeFaceTest, BlendsOverlappingCandidatesByConfidence) {
  const std::vector<Face> faces = blend_overlapping(
      {face_at(2, 0, 10, 0.6F), face_at(100, 0, 10, 0.7F), face_at(0, 0, 10, 0.9F)});
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_FLOAT_EQ(faces[0].confidence, 0.9F);
  EXPECT_NEAR(faces[0].box.left, 0.8, 1e-5);  // (0 * 0.9 + 2 * 0.6) / 1.5
  EXPECT_NEAR(faces[0].keypoints[kNoseTip].x, 0.8, 1e-5);
  EXPECT_NEAR(faces[0].box.width, 10, 1e-5);
  EXPECT_EQ(faces[1].box.left, 100);
  EXPECT_TRUE(blend_overlapping({}).empty());
}

TEST(BlazeFaceTest, BlendsOnlyWhatIsTheSameWayUp) {
  Face upside_down = face_at(1, 0, 10, 0.9F), upright = face_at(0, 0, 10, 0.8F);
  upside_down.keypoints[kRightEye] = {2, 5};
  upside_down.keypoints[kLeftEye] = {8, 5};
  upright.keypoints[kRightEye] = {8, 5};
  upright.keypoints[kLeftEye] = {2, 5};
  const std::vector<Face> faces = blend_overlapping({upright, upside_down});
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].keypoints[kRightEye].x, 2);
  EXPECT_EQ(faces[0].keypoints[kLeftEye].x, 8);
  EXPECT_EQ(faces[0].box.left, 1);
}

TEST(BlazeFaceTest, BlendingDoesNotChain) {
  // The outer two overlap the middle one, not each other: what the best takes is gone, no more.
  const std::vector<Face> faces = blend_overlapping(
      {face_at(0, 0, 10, 0.9F), face_at(5, 0, 10, 0.8F), face_at(10, 0, 10, 0.7F)});
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_EQ(faces[1].box.left, 10);
}

TEST(BlazeFaceTest, TransformCarriesBoxAndKeypoints) {
  Face face = face_at(10, 10, 20, 1);
  face.keypoints[kNoseTip] = {20, 20};
  const Face turned = transformed(face, {0, 2, 5, 0});  // by 90 degrees, twice the size
  EXPECT_EQ(turned.keypoints[kNoseTip].x, -35);
  EXPECT_EQ(turned.keypoints[kNoseTip].y, 40);
  EXPECT_EQ(turned.box.width, 40);
  EXPECT_EQ(turned.box.left, -55);  // still centred on the nose
  EXPECT_EQ(turned.box.top, 20);
}

}  // namespace
}  // namespace visavis::blazeface_test
