#include "native/data/lfw_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"

namespace visavis::lfw_pairs_test {
namespace {

std::string message_of(const std::string& text) {
  try {
    parse_pairs(text, "p.txt");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

void expect_pair(const PhotoPair& pair, const std::string& a, const std::string& b, bool is_genuine,
                 int fold) {
  EXPECT_EQ(pair.a, a);
  EXPECT_EQ(pair.b, b);
  EXPECT_EQ(pair.is_genuine, is_genuine);
  EXPECT_EQ(pair.fold, fold);
}

TEST(ParsePairs, ReadsLfwsViewTwo) {
  const auto pairs = parse_pairs(
      "2\t1\r\nAda\t1\t4\r\nAda\t2\tBo\t13\r\n\r\nCy_D\t10\t11\nCy_D\t1\tAda\t2\n", "pairs.txt");
  ASSERT_EQ(pairs.size(), 4U);
  expect_pair(pairs[0], "Ada/Ada_0001", "Ada/Ada_0004", true, 0);
  expect_pair(pairs[1], "Ada/Ada_0002", "Bo/Bo_0013", false, 0);
  expect_pair(pairs[2], "Cy_D/Cy_D_0010", "Cy_D/Cy_D_0011", true, 1);
  expect_pair(pairs[3], "Cy_D/Cy_D_0001", "Ada/Ada_0002", false, 1);
}

TEST(ParsePairs, ReadsLfwsViewOne) {
  const auto pairs = parse_pairs("1\nAda\t1\t4\nAda\t2\tBo\t13", "pairsDevTest.txt");
  ASSERT_EQ(pairs.size(), 2U);
  expect_pair(pairs[0], "Ada/Ada_0001", "Ada/Ada_0004", true, -1);
  expect_pair(pairs[1], "Ada/Ada_0002", "Bo/Bo_0013", false, -1);
}

TEST(ParsePairs, ReadsCsv) {
  const auto pairs = parse_pairs(
      "a,b,same,fold\nx/1.jpg,x/2.jpg,1,0\n\"Doe, Jo.jpg\",\"a \"\"b\"\".jpg\",0,9\n", "pairs.csv");
  ASSERT_EQ(pairs.size(), 2U);
  expect_pair(pairs[0], "x/1.jpg", "x/2.jpg", true, 0);
  expect_pair(pairs[1], "Doe, Jo.jpg", "a \"b\".jpg", false, 9);
  expect_pair(parse_pairs("a,b,same\n1,2,0\n", "pairs.csv")[0], "1", "2", false, -1);
}

TEST(ParsePairs, NamesTheLineThatIsWrong) {
  EXPECT_EQ(message_of(""), "p.txt:0: the file of pairs is empty");
  EXPECT_THAT(message_of("Ada 1 2\n"), testing::StartsWith("p.txt:1: neither"));
  EXPECT_THAT(message_of("1\nAda 1 2\nAda 1 2\n"), testing::StartsWith("p.txt:3: a mismatched"));
  EXPECT_THAT(message_of("1\nAda 1 Bo 2\n"), testing::StartsWith("p.txt:2: a matched"));
  EXPECT_THAT(message_of("1\nAda 1 x\n"), testing::HasSubstr("p.txt:2: 'x'"));
  EXPECT_THAT(message_of("1\nAda 0 1\n"), testing::HasSubstr("p.txt:2: '0'"));
  EXPECT_THAT(message_of("2 1\nAda 1 2\nAda 1 Bo 2\n"), testing::HasSubstr("ends after 2 pairs"));
  EXPECT_THAT(message_of("1\nAda 1 2\nAda 1 Bo 2\nAda 1 2\n"), testing::HasSubstr("more pairs"));
  EXPECT_THAT(message_of("a,b,same\n1,2\n"), testing::StartsWith("p.txt:2: a line must read"));
  EXPECT_THAT(message_of("a,b,same\n1,2,yes\n"), testing::StartsWith("p.txt:2: 'same'"));
  EXPECT_THAT(message_of("a,b,same\n"), testing::HasSubstr("no pairs"));
  EXPECT_THAT(message_of("a,b,same\n\"1,2,0\n"), testing::HasSubstr("a quote is not closed"));
  for (const char* first : {"99999999999999999999 3\n", "10 2000000000\n", "2147483647\n"}) {
    EXPECT_THAT(message_of(first), testing::HasSubstr("p.txt:1: ")) << first;
    EXPECT_THAT(message_of(first), testing::HasSubstr("is no whole number from 1 to 1000000000"));
  }
}

}  // namespace
}  // namespace visavis::lfw_pairs_test
