#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "core/api/api.h"
#include "core/base/error.h"
#include "core/model/model_file.h"
#include "tests/core/face/fake_models.h"

namespace visavis::track_test {
namespace {

VisavisHandle fake_verifier() {
  const FaceModels fakes = fake_models();
  const VisavisHandle models = visavis_models_create();
  std::int32_t role = 0;
  for (const Model* model : {&fakes.near_detector, &fakes.far_detector, &fakes.landmarks,
                             &fakes.embedder, &fakes.confirmation}) {
    std::ostringstream out;
    save_model(*model, out);
    const std::string bytes = out.str();
    visavis_models_load(models, role++, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                        bytes.size(), "fake");
  }
  const VisavisHandle verifier = visavis_verifier_create(models);
  visavis_destroy(models);
  return verifier;
}

/// A black picture, or one with a white square, 90 pixels wide, at (100, 100).
VisavisHandle frame_of(bool shows_face) {
  const Image photo = shows_face ? photo_with_square(400, 300, 100, 100, 90) : Image(400, 300);
  std::vector<std::uint8_t> rgba;
  for (std::size_t i = 0; i < photo.pixels.size(); i += 3) {
    rgba.insert(rgba.end(), {photo.pixels[i], photo.pixels[i + 1], photo.pixels[i + 2], 255});
  }
  const VisavisHandle frame = visavis_image_create(400, 300);
  visavis_image_write(frame, 0, 300, rgba.data());
  return frame;
}

class TrackApi : public testing::Test {
 protected:
  ~TrackApi() override {
    for (const VisavisHandle handle : made_) visavis_destroy(handle);
    EXPECT_EQ(visavis_live_handles(), 0) << "a test leaves no object behind";
  }
  VisavisHandle keep(VisavisHandle handle) {
    made_.push_back(handle);
    return handle;
  }

 private:
  std::vector<VisavisHandle> made_;
};

TEST_F(TrackApi, GivesTheFaceItsPointsAndQuality) {
  const VisavisHandle verifier = keep(fake_verifier()), frame = keep(frame_of(true));
  const VisavisHandle track = keep(visavis_track(verifier, frame, nullptr));
  ASSERT_EQ(visavis_error_code(), 0) << visavis_error_message();
  ASSERT_EQ(visavis_faces_count(track), 1);
  const float* face = visavis_faces_values(track);
  EXPECT_NEAR(face[0] + face[2] / 2, 145, 8);
  const float* landmarks = visavis_track_landmarks(track);
  const double* quality = visavis_track_quality(track);
  // The pupils of the fake landmarks are points 37 and 43, as of a level face.
  EXPECT_NEAR(quality[0], landmarks[2 * 43] - landmarks[2 * 37], 1e-2);
  for (int i = 0; i < kVisavisTrackQualityValues; ++i) EXPECT_TRUE(std::isfinite(quality[i])) << i;
  const VisavisHandle again = keep(visavis_track(verifier, frame, face));
  EXPECT_EQ(visavis_faces_count(again), 1);
}

TEST_F(TrackApi, GivesNothingOfAnEmptyFrame) {
  const VisavisHandle verifier = keep(fake_verifier()), frame = keep(frame_of(false));
  const VisavisHandle track = keep(visavis_track(verifier, frame, nullptr));
  EXPECT_EQ(visavis_error_code(), 0);
  EXPECT_EQ(visavis_faces_count(track), 0);
}

TEST_F(TrackApi, RefusesALastFaceThatIsNone) {
  const VisavisHandle verifier = keep(fake_verifier()), frame = keep(frame_of(true));
  std::vector<float> face(kVisavisFaceValues, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(visavis_track(verifier, frame, face.data()), 0);
  EXPECT_EQ(visavis_error_code(), static_cast<int>(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace visavis::track_test
