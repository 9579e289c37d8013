#include "native/data/person_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::person_groups_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kPeople =
    "id,age,gender\r\n"
    "001,24,female\r\n"
    "002,20,male\r\n"
    "003,71,female\r\n"
    "004,NA,\r\n";

/// The message of the Error that this table is refused with.
std::string refusal(const std::string& text, const PersonTableOptions& options = {}) {
  try {
    parse_person_table(text, "people.csv", options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "not refused";
}

TEST(ParsePersonTable, PutsNumbersIntoBandsAndNamesIntoGroups) {
  const PersonTable table = parse_person_table(kPeople, "people.csv", {});
  EXPECT_EQ(table.people.size(), 4U);
  ASSERT_EQ(table.attributes.size(), 2U);
  const PersonAttribute& age = table.attributes[0];
  EXPECT_EQ(age.name, "age");
  EXPECT_THAT(age.groups, ElementsAre("20 and under", "over 20 to 35", "over 65"));
  EXPECT_EQ(age.group_of.at("002"), 0U) << "an upper end belongs to its band";
  EXPECT_EQ(age.group_of.at("001"), 1U);
  EXPECT_EQ(age.group_of.at("003"), 2U);
  const PersonAttribute& gender = table.attributes[1];
  EXPECT_THAT(gender.groups, ElementsAre("female", "male"));
  EXPECT_EQ(gender.group_of.at("003"), 0U);
  for (const PersonAttribute* attribute : {&age, &gender}) {
    EXPECT_FALSE(attribute->group_of.contains("004")) << "nothing is known of them";
  }
}

TEST(ParsePersonTable, TakesOtherColumnsAndBands) {
  PersonTableOptions options;
  options.id_column = "name";
  options.columns = {"years"};
  options.bands = {30};
  const std::string text = "x,years,name\na,30,Ada\nb,30.5,\"Bo, junior\"\n";
  const PersonTable table = parse_person_table(text, "people.csv", options);
  EXPECT_THAT(table.people, ElementsAre("Ada", "Bo, junior"));
  ASSERT_EQ(table.attributes.size(), 1U);
  EXPECT_THAT(table.attributes[0].groups, ElementsAre("30 and under", "over 30"));
}

TEST(ParsePersonTable, TakesSmallNumbersForNames) {
  const PersonTable table = parse_person_table("id,code\na,0\nb,1\n", "people.csv", {});
  EXPECT_THAT(table.attributes[0].groups, ElementsAre("0", "1"));
}

TEST(ParsePersonTable, RefusesWhatItCannotUse) {
  PersonTableOptions absent;
  absent.columns = {"height"};
  EXPECT_THAT(refusal(kPeople, absent),
              HasSubstr("people.csv:1: there is no column 'height'; there are: id, age, gender"));
  PersonTableOptions no_id;
  no_id.id_column = "person";
  EXPECT_THAT(refusal(kPeople, no_id), HasSubstr("no column 'person'"));
  PersonTableOptions by_id;
  by_id.columns = {"id"};
  EXPECT_THAT(refusal(kPeople, by_id), HasSubstr("'id' is the column of ids"));
  PersonTableOptions falling;
  falling.bands = {35, 20};
  EXPECT_THAT(refusal(kPeople, falling), HasSubstr("rising numbers"));
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("id\na\n"), HasSubstr("no column beside the ids"));
  EXPECT_THAT(refusal("id,g\na,x\na,y\n"), HasSubstr("people.csv:3: 'a' has a row already"));
  EXPECT_THAT(refusal("id,g\n,x\n"), HasSubstr("people.csv:2: no id"));
  EXPECT_THAT(refusal("id,g\na,x,y\n"), HasSubstr("3 fields where the header has 2"));
  EXPECT_THAT(refusal("id,g\na,NA\nb,\n"), HasSubstr("column 'g' tells nothing of anybody"));
  EXPECT_THAT(refusal("id,g\n\"a,x\n"), HasSubstr("a quote is not closed"));
  std::string names = "id,name\n";
  for (int i = 0; i < 51; ++i) names += std::to_string(i) + ",n" + std::to_string(i) + "\n";
  EXPECT_THAT(refusal(names), HasSubstr("column 'name' has 51 different values"));
}

class CheckPersonTable : public testing::Test {
 protected:
  CheckPersonTable() {
    for (const char* name : {"001_a.jpg", "002_a.jpg"}) folder_.write(name, std::string("x"));
    dataset_.emplace(Dataset::open(folder_.path().string()));
    protocol_ = {"all", {{&*dataset_, 0}, {&*dataset_, 1}}, {}};
  }

  [[nodiscard]] std::string check(const std::string& text) const {
    try {
      check_person_table(parse_person_table(text, "people.csv", {}), protocol_, {&*dataset_});
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  std::optional<Dataset> dataset_;
  Protocol protocol_;
};

TEST_F(CheckPersonTable, WantsARowForEveryPhotoAndAPhotoForEveryRow) {
  EXPECT_EQ(check("id,g\n001,x\n002,y\n"), "");
  EXPECT_THAT(check("id,g\n001,x\n"), HasSubstr("people.csv: no row for '002'"));
  EXPECT_THAT(check("id,g\n001,x\n002,y\n003,y\n"), HasSubstr("people.csv: no photo of '003'"));
}

TEST(PersonGroupsTest, LeavesOutTheGroupsThatAreNamed) {
  const char* text = "id,age,sex\na,0-2,f\nb,20-29,f\nc,3-9,m\nd,,m\n";
  PersonTable table = parse_person_table(text, "people.csv", {});
  leave_out_groups(table, "age=0-2,3-9");
  ASSERT_EQ(table.attributes.size(), 1U) << "the column is gone";
  EXPECT_EQ(table.attributes[0].group_of.count("a"), 0U);
  EXPECT_EQ(table.attributes[0].group_of.count("b"), 1U);
  EXPECT_EQ(table.attributes[0].group_of.count("c"), 0U);
  EXPECT_EQ(table.attributes[0].group_of.count("d"), 1U) << "whose age is not known";
  EXPECT_EQ(table.people.size(), 4U);
  for (const char* wrong : {"age", "height=1", "age=4-5"}) {
    SCOPED_TRACE(wrong);
    PersonTable other = parse_person_table(text, "people.csv", {});
    expect_error(ErrorCode::kInvalidArgument, "people.csv",
                 [&] { leave_out_groups(other, wrong); });
  }
}

}  // namespace
}  // namespace visavis::person_groups_test
