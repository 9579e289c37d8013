#include "core/network/tensor.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::tensor_test {
namespace {

TEST(Shape, CountsElements) {
  EXPECT_EQ(element_count({}), 1U);
  EXPECT_EQ(element_count({7}), 7U);
  EXPECT_EQ(element_count({2, 3, 4}), 24U);
  EXPECT_EQ(element_count({2, 0, 4}), 0U);
}

TEST(Shape, RefusesAnOverflowingProduct) {
  const std::size_t half = std::size_t{1} << (std::numeric_limits<std::size_t>::digits / 2);
  expect_error(ErrorCode::kInvalidArgument, "more elements than memory can address", [&] {
    element_count({half, half});
  });
  expect_error(ErrorCode::kInvalidArgument, "more elements than memory can address", [&] {
    element_count({half, half, half});
  });
  expect_error(ErrorCode::kInvalidArgument, "more elements than memory can address",
               [&] { element_count({std::numeric_limits<std::size_t>::max() / 2}); });
  EXPECT_EQ(element_count({half, half, 0}), 0U);
}

TEST(Shape, IsWrittenForMessages) {
  EXPECT_EQ(to_string(Shape{1, 112, 112, 3}), "1x112x112x3");
  EXPECT_EQ(to_string(Shape{5}), "5");
  EXPECT_EQ(to_string(Shape{}), "scalar");
}

TEST(Tensor, StartsAsZeroes) {
  const Tensor tensor({2, 3});
  EXPECT_EQ(tensor.shape(), (Shape{2, 3}));
  ASSERT_EQ(tensor.size(), 6U);
  EXPECT_EQ(std::accumulate(tensor.begin(), tensor.end(), 0.0F), 0.0F);
}

TEST(Tensor, HoldsItsValues) {
  Tensor tensor({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(tensor[3], 4.0F);
  tensor[3] = 5;
  EXPECT_EQ(*(tensor.end() - 1), 5.0F);
  EXPECT_EQ(tensor.end() - tensor.begin(), 4);
}

TEST(Tensor, RefusesTheWrongNumberOfValues) {
  expect_error(ErrorCode::kInvalidArgument, "needs 4 values, not 3", [&] {
    Tensor({2, 2}, {1, 2, 3});
  });
  expect_error(ErrorCode::kInvalidArgument, "needs 4 values, not 5", [&] {
    Tensor({2, 2}, {1, 2, 3, 4, 5});
  });
}

/// Under AddressSanitizer this fails where the padding is missing.
TEST(Tensor, IsReadableBeyondItsEnd) {
  for (const std::size_t size : {0U, 1U, 7U}) {
    const Tensor tensor({size});
    for (std::size_t i = 0; i < Tensor::kPadding; ++i) EXPECT_EQ(tensor.data()[size + i], 0.0F);
  }
}

TEST(Tensor, IsAValue) {
  Tensor original({2}, {1, 2});
  Tensor copy = original;
  copy[0] = 9;
  EXPECT_EQ(original[0], 1.0F);
  const Tensor moved = std::move(copy);
  EXPECT_EQ(moved[0], 9.0F);
}

TEST(Tensor, Reshapes) {
  const Tensor tensor({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor flat = tensor.reshaped({6});
  EXPECT_EQ(flat.shape(), Shape{6});
  EXPECT_EQ(flat[4], 5.0F);
  expect_error(ErrorCode::kInvalidArgument, "the numbers of elements differ",
               [&] { (void)tensor.reshaped({5}); });
}

}  // namespace
}  // namespace visavis::tensor_test
