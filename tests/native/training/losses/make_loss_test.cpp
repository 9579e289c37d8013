#include "native/training/losses/make_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "native/training/losses/loss_spec.h"

namespace visavis::make_loss_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

template <class Body>
std::string error_of(const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  return "no error";
}

std::string error_of_spec(const std::string& spec, LossContext context = {128, 10, 256, 1}) {
  ThreadPool threads(1);
  return error_of([&] { make_loss<float>(spec, context, threads); });
}

TEST(MakeLoss, TakesGoodSpecs) {
  for (const char* spec : {"triplet", "triplet:margin=0.3,mining=batch-hard", "triplet:margin=soft",
                           "koch:weight=3", "arcface:scale=32,margin=0.5+distill:weight=2",
                           "relational:angle=0+prototypical+matching"}) {
    EXPECT_EQ(error_of_spec(spec), "no error") << spec;
  }
}

TEST(MakeLoss, NamesWhatIsWrongWithASpec) {
  EXPECT_THAT(error_of_spec(""), HasSubstr("a name is missing"));
  EXPECT_THAT(error_of_spec("triplet+"), HasSubstr("a name is missing"));
  EXPECT_THAT(error_of_spec("tripet"), AllOf(HasSubstr("'tripet'"), HasSubstr("triplet, koch")));
  EXPECT_THAT(error_of_spec("triplet:"), HasSubstr("'' is not KEY=VALUE"));
  EXPECT_THAT(error_of_spec("triplet:margin"), HasSubstr("'margin' is not KEY=VALUE"));
  EXPECT_THAT(error_of_spec("triplet:margin="), HasSubstr("'margin=' is not KEY=VALUE"));
  EXPECT_THAT(error_of_spec("triplet:=3"), HasSubstr("'=3' is not KEY=VALUE"));
  EXPECT_THAT(error_of_spec("triplet:margin=1,margin=2"), HasSubstr("'margin' is given twice"));
  EXPECT_THAT(error_of_spec("triplet+triplet"), HasSubstr("'triplet' is given twice"));
  EXPECT_THAT(error_of_spec("triplet:margn=1"),
              AllOf(HasSubstr("no option 'margn'"), HasSubstr("margin, mining, distance")));
  EXPECT_THAT(error_of_spec("triplet:mining=hardest"),
              HasSubstr("mining=hardest is not one of batch-hard, semi-hard, random"));
  for (const char* margin : {"0", "-1", "x", "1x", "nan", "inf", "1e99", " 1"}) {
    EXPECT_THAT(error_of_spec(std::string("triplet:margin=") + margin),
                HasSubstr(std::string("margin=") + margin + " is not a number from"));
  }
  EXPECT_THAT(error_of_spec("arcface:margin=2"), HasSubstr("margin=2 is not a number from 0 to"));
  EXPECT_THAT(error_of_spec("arcface:warmup=1.5"), HasSubstr("is not a whole number"));
  EXPECT_THAT(error_of_spec("triplet:weight=0"), HasSubstr("weight=0 is not"));
  EXPECT_THAT(error_of_spec("relational:distance=0,angle=0"), HasSubstr("leave nothing"));
}

TEST(MakeLoss, AsksForWhatItNeeds) {
  EXPECT_THAT(error_of_spec("distill", {128, 10, 0, 1}), HasSubstr("--teacher"));
  EXPECT_THAT(error_of_spec("relational", {128, 10, 0, 1}), HasSubstr("--teacher"));
  EXPECT_THAT(error_of_spec("arcface", {128, 1, 0, 1}), HasSubstr("has 1"));
  const LossNeeds needs = loss_needs("arcface+distill");
  EXPECT_TRUE(needs.classes && needs.teacher && needs.labels());
  EXPECT_FALSE(needs.episodes || needs.people_photos);
  EXPECT_FALSE(loss_needs("relational").labels());
  EXPECT_TRUE(loss_needs("matching").episodes);
  EXPECT_TRUE(loss_needs("koch").people_photos);
}

TEST(MakeLoss, RefusesBatchesThatHoldNoPair) {
  const LossNeeds pairs = loss_needs("triplet");
  EXPECT_THAT(error_of([&] { check_people_by_photos(pairs, 1, 4); }), HasSubstr("1 people x 4"));
  EXPECT_THAT(error_of([&] { check_people_by_photos(pairs, 4, 1); }),
              HasSubstr("take at least 2 p"));
  EXPECT_NO_THROW(check_people_by_photos(pairs, 2, 2));
  EXPECT_NO_THROW(check_people_by_photos(loss_needs("arcface"), 64, 1));
}

TEST(MakeLoss, HelpNamesEveryLossOnce) {
  const std::string help = loss_help();
  for (const char* name : {"contrastive", "triplet", "koch", "prototypical", "matching", "arcface",
                           "distill", "relational"}) {
    EXPECT_THAT(help, HasSubstr(std::string(name) + " ")) << name;
  }
}

TEST(MakeLoss, ParameterNamesAreForCheckpoints) {
  ThreadPool threads(1);
  const auto loss = make_loss<float>("arcface+distill+koch", {8, 3, 4, 1}, threads);
  std::vector<std::string> names;
  for (const auto* parameter : loss->parameters()) {
    names.push_back(parameter->name + " " + to_string(parameter->value.shape()));
  }
  EXPECT_THAT(names, testing::ElementsAre("arcface.weights 3x8", "distill.map 4x8", "koch.alpha 8",
                                          "koch.bias 1"));
}

}  // namespace
}  // namespace visavis::make_loss_test
