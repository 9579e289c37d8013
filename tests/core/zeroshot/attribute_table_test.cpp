#include "core/zeroshot/attribute_table.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "tests/core/base/expect_error.h"

namespace visavis::attribute_table_test {
namespace {

const AttributeTable kTable{{"loops", "ends"}, {"Latin/a", "Latin/b"}, {1, 2, 0.1F, -4e-7F}};

void expect_refused(const std::string& text, const std::string& part) {
  expect_error(ErrorCode::kInvalidArgument, part, [&] { parse_attribute_csv(text, "t.csv"); });
}

TEST(AttributeTableTest, WritesWhatItReadsBackToTheSameFloats) {
  AttributeTable table = kTable;
  table.classes[1] = "a \"quoted\", name";
  std::ostringstream out;
  write_attribute_csv(table, out);
  const AttributeTable again = parse_attribute_csv(out.str(), "t.csv");
  EXPECT_EQ(again.attributes, table.attributes);
  EXPECT_EQ(again.classes, table.classes);
  EXPECT_EQ(again.values, table.values);
}

TEST(AttributeTableTest, ReadsWhatSpreadsheetsWrite) {
  const AttributeTable table = parse_attribute_csv(
      "\xEF\xBB\xBF"
      "class,loops\r\n\r\n\"a\", 1.5\r\nb,2",
      "t.csv");
  EXPECT_EQ(table.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.values, (std::vector<float>{1.5F, 2}));
}

TEST(AttributeTableTest, RefusesWhatIsNoTable) {
  expect_refused("", "empty");
  expect_refused("name,loops\na,1\n", ":1: the header begins with 'name'");
  expect_refused("class\na\n", "no attribute");
  expect_refused("class,loops\n", "no class");
  expect_refused("class,loops,ends\na,1,2\nb,1\n", ":3: 2 fields, the header has 3");
  expect_refused("class,loops\na,one\n", ":2: 'one' is no finite number (attribute 'loops')");
  expect_refused("class,loops\na,\n", "no finite number");
  expect_refused("class,loops\na,nan\n", "is no finite number (attribute 'loops')");
  expect_refused("class,loops\na,inf\n", "'inf' is no finite number");
  expect_refused("class,loops\na,nan\n", "'nan' is no finite number");
  expect_refused("class,loops\na,0x10\n", "'0x10' is no finite number");
  expect_refused("class,loops\na,1e300\n", "is 1e+300, beyond what a single-precision number");
  expect_refused("class,loops\na,1\na,2\n", "class 'a' is given twice");
  expect_refused("class,loops,loops\na,1,2\n", "attribute 'loops' is given twice");
  expect_refused("class,loops\n\"a,1\n", "not closed");
}

TEST(AttributeTableTest, RefusesValuesThatAreNotFiniteOrDoNotFit) {
  AttributeTable table = kTable;
  table.values[3] = std::numeric_limits<float>::quiet_NaN();
  expect_error(ErrorCode::kInvalidArgument, "class 'Latin/b': attribute 'ends' is not finite",
               [&] { check_attribute_table(table, "t"); });
  table.values.pop_back();
  expect_error(ErrorCode::kInvalidArgument, "3 values for 2 classes",
               [&] { check_attribute_table(table, "t"); });
}

TEST(AttributeTableTest, FindsAClassByTheTailOfItsPath) {
  EXPECT_EQ(kTable.find("Latin/b"), 1U);
  EXPECT_EQ(kTable.find("omniglot.tar:images/Latin/b"), 1U);
  EXPECT_FALSE(kTable.find("NotLatin/b").has_value());
  EXPECT_FALSE(kTable.find("b").has_value());
  const AttributeTable nested{{"x"}, {"b", "Latin/b"}, {1, 2}};
  EXPECT_EQ(nested.find("images/Latin/b"), 1U) << "the longer tail";
}

TEST(AttributeTableTest, TakesRowsOut) {
  const AttributeTable part = rows_of(kTable, {*kTable.find("images/Latin/b")});
  EXPECT_EQ(part.classes, std::vector<std::string>{"Latin/b"});
  EXPECT_EQ(part.values, (std::vector<float>{0.1F, -4e-7F}));
}

TEST(AttributeTableTest, RequiresTheSameAttributes) {
  require_attributes(kTable, {"loops", "ends"}, "t.csv");
  expect_error(ErrorCode::kInvalidArgument, "attribute 2 is 'ends'", [] {
    require_attributes(kTable, {"loops", "strokes"}, "t.csv");
  });
  expect_error(ErrorCode::kInvalidArgument, "2 attributes, the zero-shot model was trained with 1",
               [] { require_attributes(kTable, {"loops"}, "t.csv"); });
}

}  // namespace
}  // namespace visavis::attribute_table_test
