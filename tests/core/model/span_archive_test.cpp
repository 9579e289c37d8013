#include "core/model/span_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cereal/archives/portable_binary.hpp>
#include <sstream>

#include "core/model/model_archive.h"
#include "tests/core/base/bad_bytes.h"

namespace visavis::span_archive_test {
namespace {

using Options = cereal::PortableBinaryOutputArchive::Options;

/// What each test writes and reads back: numbers of all widths, a text, a block of floats.
struct Record {
  std::uint8_t byte = 7;
  std::int32_t whole = -123456;
  double real = 0.1;
  std::string text = "twelve bytes";
  std::array<float, 3> block{1.5F, -2.25F, 3e-3F};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(byte, whole, real, text, cereal::binary_data(block.data(), sizeof block));
  }
  bool operator==(const Record&) const = default;
};

Bytes written(Record record, const Options& options) {
  std::ostringstream out;
  {
    cereal::PortableBinaryOutputArchive archive(out, options);
    archive(record);
  }
  return bytes_of(out.str());
}

TEST(SpanArchive, ReadsWhatCerealWritesInEitherByteOrder) {
  for (const Options& options : {Options::LittleEndian(), Options::BigEndian()}) {
    const Bytes bytes = written({}, options);
    SpanInputArchive archive(bytes);
    Record read{0, 0, 0, "", {}};
    archive(read);
    EXPECT_EQ(read, Record{});
    EXPECT_EQ(archive.left(), 0U);
  }
}

TEST(SpanArchive, RefusesToReadPastTheEnd) {
  const Bytes bytes = written({}, Options::LittleEndian());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read_part = [&] {
      const std::span<const std::uint8_t> part{bytes.data(), size};
      SpanInputArchive archive(part);
      Record read;
      archive(read);
    };
    EXPECT_THROW(read_part(), cereal::Exception) << "of " << size << " bytes";
  }
}

}  // namespace
}  // namespace visavis::span_archive_test
