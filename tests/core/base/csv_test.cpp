#include "core/base/csv.h"

#include <gtest/gtest.h>

#include "tests/core/base/expect_error.h"

namespace visavis::csv_test {
namespace {

using Fields = std::vector<std::string>;

std::vector<Fields> records_of(std::string_view text) {
  CsvReader reader(text, "t.csv");
  std::vector<Fields> records;
  while (auto fields = reader.next()) records.push_back(std::move(*fields));
  return records;
}

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
  EXPECT_EQ(records_of("\xEF\xBB\xBF"
                       "a,b\r\n\r\n   \n1, 2 \r\n"),
            (std::vector<Fields>{{"a", "b"}, {"1", " 2"}}));
  EXPECT_EQ(records_of("\"a,\"\"b\",\"two\nlines\"\n\" kept \"\n,\nlast,"),
            (std::vector<Fields>{{"a,\"b", "two\nlines"}, {" kept "}, {"", ""}, {"last", ""}}));
  EXPECT_EQ(records_of(""), std::vector<Fields>());
}

TEST(Csv, WritesFieldsThatReadBackAsTheyWere) {
  for (const std::string value : {"plain", "a,b", "say \"so\"", "two\nlines", "a\rb",
                                  "a blank behind ", "\xEF\xBB\xBFmarked"}) {
    EXPECT_EQ(records_of(csv_field(value) + "," + csv_field(value)),
              (std::vector<Fields>{{value, value}}));
  }
}

TEST(Csv, NamesTheLineWhereARecordBegan) {
  CsvReader reader("a,\"b\nc\"\n\nd\n", "t.csv");
  ASSERT_TRUE(reader.next());
  ASSERT_TRUE(reader.next());
  expect_error(ErrorCode::kInvalidArgument, "t.csv:4: no good", [&] { reader.fail("no good"); });
  CsvReader open("a\n\"b\n\n", "t.csv");
  ASSERT_TRUE(open.next());
  expect_error(ErrorCode::kInvalidArgument, "t.csv:2: a quote is not closed", [&] { open.next(); });
}

}  // namespace
}  // namespace visavis::csv_test
