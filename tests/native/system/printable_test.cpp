#include "native/system/printable.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "native/report/html_page.h"
#include "native/system/json_file.h"

namespace visavis::printable_test {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(ValidUtf8, ReplacesWhatIsNone) {
  EXPECT_EQ(valid_utf8("caf\xC3\xA9 \xF0\x9F\x98\x80"), "caf\xC3\xA9 \xF0\x9F\x98\x80");
  EXPECT_EQ(valid_utf8("caf\xE9.jpg"), std::string("caf") + kReplacement + ".jpg");
  EXPECT_EQ(valid_utf8("cut \xE2\x82"), std::string("cut ") + kReplacement);
  EXPECT_EQ(valid_utf8(""), "");
}

TEST(Printable, IsOneLineWithoutControls) {
  EXPECT_EQ(printable("a\nb\r\tc\x1B[31m\x7F"), "a\\nb\\r\\tc\\x1B[31m\\x7F");
  EXPECT_EQ(printable("a\\b"), "a\\b");
  EXPECT_EQ(printable("\xE9"), kReplacement);
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
}

TEST(ListLine, TellsEveryNameApart) {
  EXPECT_EQ(list_line("Zo\xC3\xAB/1.jpg"), "Zo\xC3\xAB/1.jpg");
  EXPECT_EQ(list_line("a\nb"), "a\\nb");
  EXPECT_EQ(list_line("a\\nb"), "a\\\\nb");
  EXPECT_EQ(list_line("\xE9\xE8.jpg"), "\\xE9\\xE8.jpg");
  EXPECT_EQ(list_line("\xE8"), "\\xE8");
}

TEST(JsonText, HoldsAnyName) {
  const nlohmann::ordered_json json{{"file", "caf\xE9\n.jpg"}};
  EXPECT_EQ(json_text(json, -1), std::string("{\"file\":\"caf") + kReplacement + "\\n.jpg\"}");
}

TEST(EscapedHtml, HoldsAnyName) {
  EXPECT_EQ(escaped_html("<\xE9>"), std::string("&lt;") + kReplacement + "&gt;");
}

}  // namespace
}  // namespace visavis::printable_test
