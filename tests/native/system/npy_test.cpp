#include "native/system/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <sstream>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::npy_test {
namespace {

TEST(WriteNpy, WritesWhatNumpysFormatSays) {
  const std::vector<float> values{1, -2.5F, 3e-8F, 4, 5, 6};
  std::ostringstream out;
  write_npy(out, values, 2, 3);
  const std::string bytes = out.str();
  ASSERT_GE(bytes.size(), 10U);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const auto header_size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[8]) +
                                                    256 * static_cast<unsigned char>(bytes[9]));
  EXPECT_EQ((10 + header_size) % 64, 0U) << "the format wants the data aligned";
  ASSERT_EQ(bytes.size(), 10 + header_size + values.size() * sizeof(float));
  const std::string header = bytes.substr(10, header_size);
  EXPECT_THAT(header,
              testing::StartsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
  EXPECT_EQ(header.back(), '\n');
  EXPECT_EQ(std::memcmp(bytes.data() + 10 + header_size, values.data(), 24), 0);
}

TEST(WriteNpy, RefusesValuesThatDoNotFillTheShape) {
  std::ostringstream out;
  expect_error(ErrorCode::kInvalidArgument, "3 values do not fill 2x2", [&] {
    write_npy(out, {1, 2, 3}, 2, 2);
  });
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace visavis::npy_test
