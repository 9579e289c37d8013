#include "core/face/template_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

#include "core/base/record.h"
#include "tests/core/base/bad_bytes.h"
#include "tests/core/base/expect_error.h"

namespace visavis::template_file_test {
namespace {

/// The template of tests/data/template-v1.template and of tests/wasm/template.test.ts. All its
/// numbers are exact.
StoredTemplate fixed_template() {
  return {"face-0123abcd", {0.5F, -0.5F, 0.5F, -0.25F, 0.25F, 0.25F, 0.25F, 0}};
}

Bytes fixed_bytes() { return bytes_of(template_bytes(fixed_template())); }

StoredTemplate load(const Bytes& bytes) { return load_template(bytes, "a.template"); }

Bytes file(const std::string& name) {
  std::ifstream in("tests/data/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What version 0.1.0 of the package wrote: the model's name and the floats.
Bytes old_bytes() {
  RecordWriter record;
  record.text(fixed_template().model);
  record.floats(fixed_template().embedding);
  return bytes_of(std::string("VVTPL\1\0\0", 8) + record.payload());
}

/// In a sound envelope, so that the content alone is wrong.
Bytes sealed(const RecordWriter& record) {
  constexpr RecordFormat kFormat = {{{'V', 'I', 'S', 'A', 'V', 'I', 'S', 'T'}, 1, "", ""}, {}};
  return bytes_of(sealed_record(kFormat, record));
}

Bytes holding(const std::vector<float>& embedding) {
  RecordWriter record;
  record.text("m");
  record.floats(embedding);
  return sealed(record);
}

void expect_refused(const Bytes& bytes, const std::string& part) {
  expect_error(ErrorCode::kInvalidArgument, part, [&] { load(bytes); });
}

TEST(TemplateFile, HoldsModelAndEmbedding) {
  const StoredTemplate loaded = load(fixed_bytes());
  EXPECT_EQ(loaded.model, fixed_template().model);
  EXPECT_EQ(loaded.embedding, fixed_template().embedding);
  EXPECT_TRUE(is_template(fixed_bytes()));
}

/// The same file is compared with what node and the package write: one format everywhere.
TEST(TemplateFile, HasTheBytesOfTheKeptFile) {
  EXPECT_EQ(fixed_bytes(), file("template-v1.template"));
}

TEST(TemplateFile, ReadsWhatThePackageWroteBefore) {
  EXPECT_EQ(old_bytes(), file("template-v0.template"));
  EXPECT_TRUE(is_template(old_bytes()));
  EXPECT_EQ(load(old_bytes()).model, fixed_template().model);
  EXPECT_EQ(load(old_bytes()).embedding, fixed_template().embedding);
}

TEST(TemplateFile, RefusesAllDamage) {
  expect_all_damage_refused(fixed_bytes(), load);
  expect_damage_does_no_harm(old_bytes(), load);
}

TEST(TemplateFile, SaysWhatIsWrong) {
  expect_refused({}, "a.template is empty; enrol the photo again");
  expect_refused(bytes_of("\xFF\xD8\xFF\xE0"), "is not a face template but a JPEG image");
  expect_refused(bytes_of("VISAVISF"), "but a support set");
  Bytes cut = fixed_bytes();
  cut.pop_back();
  expect_refused(cut, "a.template ends after");
  Bytes wrong = fixed_bytes();
  wrong.back() ^= 1U;
  expect_refused(wrong, "its checksum does not match; enrol the photo again");
  Bytes newer = fixed_bytes();
  newer[8] = 2;
  expect_refused(newer, "has format version 2; this visavis reads up to version 1");
  // A length that wraps round 64 bits with the header's added to it.
  Bytes endless = fixed_bytes();
  std::fill_n(endless.begin() + 12, 8, static_cast<std::uint8_t>(0xFF));
  expect_refused(endless, "a.template ends after");
}

TEST(TemplateFile, RefusesAnUnsoundContentInASoundEnvelope) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  expect_refused(holding({}), "cut short or padded");
  expect_refused(holding({kNan, 0}), "not of length 1");
  expect_refused(holding({kInfinity, 0}), "not of length 1");
  expect_refused(holding({0, 0}), "not of length 1");
  expect_refused(holding({0.5F, 0.5F}), "not of length 1");
  RecordWriter odd;
  odd.number(0x00410001);  // A name of one byte, then half a float.
  expect_refused(sealed(odd), "cut short or padded");
  RecordWriter long_name;
  long_name.number(0xFFFFFFFF);
  expect_refused(sealed(long_name), "a.template is damaged: it is cut short");
  RecordWriter nul;
  nul.number(0x00000002);
  expect_refused(sealed(nul), "holds a NUL");
}

TEST(TemplateFile, WritesNothingThatCannotBeRead) {
  const auto refused = [](const StoredTemplate& face_template, const std::string& part) {
    expect_error(ErrorCode::kInvalidArgument, part, [&] { template_bytes(face_template); });
  };
  refused({"m", {}}, "not of length 1");
  refused({"m", {1, 1}}, "not of length 1");
  refused({std::string(65536, 'm'), {1}}, "at most 65535");
  refused({std::string("m\0m", 3), {1}}, "NUL");
}

}  // namespace
}  // namespace visavis::template_file_test
