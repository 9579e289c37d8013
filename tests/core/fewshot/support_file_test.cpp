#include "core/fewshot/support_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>

#include "core/base/record.h"
#include "tests/core/base/bad_bytes.h"
#include "tests/core/base/expect_error.h"

namespace visavis::support_file_test {
namespace {

constexpr const char* kModel = "characters-0123abcd";

/// The support set of tests/data/support-v1.support and of tests/wasm/support_set.test.ts. All its
/// numbers are exact.
SupportSet fixed_set() {
  SupportSet set(4);
  set.add_class("\xCE\xBB", std::vector<float>{1, 0, 0, 0, 0.5F, 0.5F, -0.5F, 0.5F});
  set.add_class("a longer name", std::vector<float>{0, 0, 0, -1});
  return set;
}

Bytes fixed_bytes() { return bytes_of(support_bytes(kModel, fixed_set())); }

StoredSupport load(const Bytes& bytes) { return load_support(bytes, "a.support"); }

Bytes file(const std::string& name) {
  std::ifstream in("tests/data/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Bytes old(const RecordWriter& record) {
  return bytes_of(std::string("VVSUP\1\0\0", 8) + record.payload());
}

/// What version 0.1.0 of the package wrote of the fixed set.
Bytes old_bytes() {
  RecordWriter record;
  record.text(kModel);
  record.number(4);
  record.number(2);
  const SupportSet set = fixed_set();
  for (const SupportClass& entry : set.classes()) {
    record.text(entry.name);
    record.number(static_cast<std::uint32_t>(entry.shots));
    record.floats(set.rows().subspan(4 * entry.first, 4 * entry.shots));
  }
  return old(record);
}

/// In a sound envelope, so that the content alone is wrong.
Bytes sealed(const RecordWriter& record) {
  constexpr RecordFormat kFormat = {{{'V', 'I', 'S', 'A', 'V', 'I', 'S', 'F'}, 1, "", ""}, {}};
  return bytes_of(sealed_record(kFormat, record));
}

/// Of embeddings of two numbers, one class that says how many examples it has.
Bytes one_class(const std::string& name, std::uint32_t examples, const std::vector<float>& rows,
                std::uint32_t classes = 1, std::uint32_t length = 2) {
  RecordWriter record;
  record.text("m");
  record.number(length);
  record.number(classes);
  record.text(name);
  record.number(examples);
  record.floats(rows);
  return sealed(record);
}

void expect_refused(const Bytes& bytes, const std::string& part) {
  expect_error(ErrorCode::kInvalidArgument, part, [&] { load(bytes); });
}

void expect_fixed_set(const StoredSupport& loaded) {
  const SupportSet expected = fixed_set();
  EXPECT_EQ(loaded.model, kModel);
  EXPECT_EQ(loaded.set.embedding_length(), 4U);
  ASSERT_EQ(loaded.set.classes().size(), 2U);
  EXPECT_EQ(loaded.set.classes()[0].name, "\xCE\xBB");
  EXPECT_EQ(loaded.set.classes()[0].shots, 2U);
  EXPECT_EQ(loaded.set.classes()[1].name, "a longer name");
  EXPECT_TRUE(std::equal(loaded.set.rows().begin(), loaded.set.rows().end(),
                         expected.rows().begin(), expected.rows().end()));
}

TEST(SupportFile, HoldsClassesAndExamples) {
  expect_fixed_set(load(fixed_bytes()));
  EXPECT_TRUE(is_support(fixed_bytes()));
  EXPECT_FALSE(is_support(bytes_of("VISAVIST")));
  EXPECT_FALSE(is_support({}));
}

/// The same file is compared with what the package writes: one format everywhere.
TEST(SupportFile, HasTheBytesOfTheKeptFile) {
  EXPECT_EQ(fixed_bytes(), file("support-v1.support"));
}

TEST(SupportFile, ReadsWhatThePackageWroteBefore) {
  EXPECT_EQ(old_bytes(), file("support-v0.support"));
  EXPECT_TRUE(is_support(old_bytes()));
  expect_fixed_set(load(old_bytes()));
}

TEST(SupportFile, MayHoldNoClass) {
  EXPECT_TRUE(load(bytes_of(support_bytes("m", SupportSet(3)))).set.classes().empty());
  RecordWriter record;
  record.text("m");
  record.number(0);  // As the package wrote it.
  record.number(0);
  EXPECT_TRUE(load(old(record)).set.classes().empty());
}

TEST(SupportFile, RefusesAllDamage) {
  expect_all_damage_refused(fixed_bytes(), load);
  expect_damage_does_no_harm(old_bytes(), load);
}

TEST(SupportFile, SaysWhatIsWrong) {
  expect_refused({}, "a.support is empty; make it again from the examples");
  expect_refused(bytes_of("VISAVIST"), "is not a support set but a face template");
  Bytes wrong = fixed_bytes();
  wrong.back() ^= 1U;
  expect_refused(wrong, "its checksum does not match; make it again from the examples");
}

TEST(SupportFile, RefusesAnUnsoundContentInASoundEnvelope) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(load(one_class("x", 1, {1, 0})).set.classes().size(), 1U);
  expect_refused(one_class("x", 1, {kNan, 0}), "not of length 1");
  expect_refused(one_class("x", 1, {2, 0}), "not of length 1");
  expect_refused(one_class("x", 0, {}), "the class 'x' has no examples");
  expect_refused(one_class("", 1, {1, 0}), "a class without a name");
  expect_refused(one_class("x", 1, {1, 0, 0, 1}), "bytes are left over");
  expect_refused(one_class("x", 1, {1, 0}, 1, 0), "have no numbers");
  expect_refused(one_class("a\nb", 0, {}), "the class 'a?b' has no examples");
  RecordWriter twice;
  twice.text("m");
  twice.number(1);
  twice.number(2);
  for (int i = 0; i < 2; ++i) {
    twice.text("a\nb");
    twice.number(1);
    twice.floats(std::vector<float>{1});
  }
  expect_refused(sealed(twice), "the class 'a?b' exists already");
}

/// Numbers that no bytes stand behind take no memory, and their product does not wrap round.
TEST(SupportFile, BelievesNoNumber) {
  constexpr std::uint32_t kMost = 0xFFFFFFFF;
  expect_refused(one_class("x", kMost, {1, 0}), "it is cut short");
  expect_refused(one_class("x", 1, {1, 0}, kMost), "it is cut short");
  expect_refused(one_class("x", 1, {1, 0}, 1, kMost), "it is cut short");
  expect_refused(one_class("x", kMost, {1, 0}, 1, kMost), "it is cut short");
  expect_refused(one_class("x", 0x80000000, {1, 0}, 1, 0x80000000), "it is cut short");
}

TEST(SupportFile, WritesNothingThatCannotBeRead) {
  SupportSet long_row(1);
  long_row.add_class("x", std::vector<float>{2});
  expect_error(ErrorCode::kInvalidArgument, "an embedding of 'x' is not of length 1",
               [&] { support_bytes("m", long_row); });
  SupportSet long_name(1);
  long_name.add_class(std::string(65536, 'x'), std::vector<float>{1});
  expect_error(ErrorCode::kInvalidArgument, "at most 65535",
               [&] { support_bytes("m", long_name); });
}

}  // namespace
}  // namespace visavis::support_file_test
