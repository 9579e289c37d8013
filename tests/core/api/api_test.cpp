#include "core/api/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/model/model_file.h"
#include "tests/core/base/bad_bytes.h"
#include "tests/core/face/fake_models.h"

namespace visavis::api_test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

/// An embedder of whole images.
Model cards() {
  Model model = fake_embedder();
  model.name = "cards";
  model.alignment.points.clear();
  return model;
}

Bytes saved(const Model& model) {
  std::ostringstream out;
  save_model(model, out);
  return bytes_of(out.str());
}

VisavisHandle embedder_of(const Model& model) {
  const Bytes bytes = saved(model);
  return visavis_embedder_create(bytes.data(), bytes.size(), "cards.visavis");
}

void expect_refused(ErrorCode code, const std::string& part) {
  EXPECT_EQ(visavis_error_code(), static_cast<int>(code));
  EXPECT_THAT(visavis_error_message(), HasSubstr(part));
}

VisavisHandle support_of_two() {
  const VisavisHandle support = visavis_support_create(2);
  const std::vector<float> east{1, 0}, north{0, 1};
  visavis_support_add(support, "east", east.data(), 2);
  visavis_support_add(support, "north", north.data(), 2);
  return support;
}

Bytes packed(VisavisHandle support, const char* model) {
  const std::size_t size = visavis_support_pack(support, model);
  const std::uint8_t* bytes = visavis_support_packed(support);
  return {bytes, bytes + size};
}

VisavisHandle unpacked(const Bytes& bytes, const char* model) {
  return visavis_support_unpack(bytes.data(), bytes.size(), model, "importSupport");
}

class Api : public testing::Test {
 protected:
  ~Api() override { EXPECT_EQ(visavis_live_handles(), 0) << "a test leaves no object behind"; }
};

TEST_F(Api, NamesAModelByItsFile) {
  const VisavisHandle embedder = embedder_of(cards());
  EXPECT_STREQ(visavis_embedder_name(embedder), "cards");
  const std::string model = visavis_embedder_model(embedder);
  EXPECT_THAT(model, MatchesRegex("cards-[0-9a-f]*"));
  EXPECT_EQ(model.size(), std::string("cards-01234567").size());
  visavis_destroy(embedder);
  Model other = cards();
  other.record = {{"origin", "elsewhere"}};
  const VisavisHandle second = embedder_of(other);
  EXPECT_NE(visavis_embedder_model(second), model) << "another file of the same name";
  visavis_destroy(second);
}

TEST_F(Api, RefusesAModelWhoseFewShotHeadItWouldIgnore) {
  for (const FewShotHeadKind kind : {FewShotHeadKind::kFullContext, FewShotHeadKind::kWeightedL1}) {
    Model model = cards();
    model.few_shot.kind = kind;
    model.few_shot.steps = 1;
    for (const ParameterSpec& spec : head_parameter_specs(kind, output_length(model.network))) {
      model.few_shot.parameters.emplace(spec.name, Tensor(spec.shape));
    }
    EXPECT_EQ(embedder_of(model), 0);
    expect_refused(ErrorCode::kModelMismatch,
                   "cards.visavis: the model 'cards' tells classes by "
                   "its few-shot head '" +
                       to_string(kind) + "'");
  }
}

TEST_F(Api, PacksASupportSetAndUnpacksItForItsModelAlone) {
  const VisavisHandle support = support_of_two();
  const Bytes bytes = packed(support, "cards-01234567");
  const VisavisHandle again = unpacked(bytes, "cards-01234567");
  ASSERT_GT(again, 0) << visavis_error_message();
  EXPECT_EQ(visavis_support_class_count(again), 2);
  EXPECT_STREQ(visavis_support_class_name(again, 1), "north");
  EXPECT_EQ(packed(again, "cards-01234567"), bytes);
  EXPECT_EQ(unpacked(bytes, "cards-89abcdef"), 0);
  expect_refused(ErrorCode::kModelMismatch, "importSupport was made by the model 'cards-01234567'");
  Bytes damaged = bytes;
  damaged.back() ^= 1U;
  EXPECT_EQ(unpacked(damaged, "cards-01234567"), 0);
  expect_refused(ErrorCode::kInvalidArgument, "importSupport is damaged: its checksum");
  visavis_destroy(support);
  visavis_destroy(again);
}

TEST_F(Api, TellsOfANameOnOneLine) {
  const VisavisHandle support = support_of_two();
  visavis_support_remove_class(support, "no\nsuch class");
  expect_refused(ErrorCode::kInvalidArgument, "no?such class");
  visavis_destroy(support);
}

TEST_F(Api, FindsTheInkOfAPicture) {
  const VisavisHandle embedder = embedder_of(cards());
  const VisavisHandle blank = visavis_image_create(40, 40);
  EXPECT_EQ(visavis_ink_find(blank), 0);
  expect_refused(ErrorCode::kUnreadableImage, "No strokes stand out");
  const std::vector<std::uint8_t> white(4 * 40 * 4, 255);
  visavis_image_write(blank, 18, 4, white.data());
  const VisavisHandle ink = visavis_ink_find(blank);
  ASSERT_GT(ink, 0) << visavis_error_message();
  std::vector<float> embedding(3);
  std::vector<std::uint8_t> crop(112 * 112 * 3);
  visavis_embedder_embed(embedder, ink, embedding.data(), crop.data());
  EXPECT_EQ(visavis_error_code(), 0) << visavis_error_message();
  EXPECT_LT(crop[3 * (56 * 112 + 56)], 128) << "the bar is black now";
  EXPECT_GT(crop[3 * (4 * 112 + 56)], 128) << "and the paper white";
  for (const VisavisHandle handle : {embedder, blank, ink}) visavis_destroy(handle);
}

}  // namespace
}  // namespace visavis::api_test
