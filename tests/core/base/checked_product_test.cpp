#include "core/base/checked_product.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "core/network/clean_parameters.h"

namespace visavis::checked_product_test {
namespace {

using Signed = std::vector<std::int64_t>;
using Unsigned = std::vector<std::size_t>;

TEST(CheckedProduct, GivesProductsUpToTheLimit) {
  EXPECT_EQ(checked_product(Signed{}, 10), 1U);
  EXPECT_EQ(checked_product(Signed{2, 3, 4}, 24), 24U);
  EXPECT_EQ(checked_product(Signed{2, 3, 4}, 23), std::nullopt);
  EXPECT_EQ(checked_product(Unsigned{1U << 31U, 1U << 31U}, 1ULL << 62U), 1ULL << 62U);
}

TEST(CheckedProduct, NeverWrapsRound) {
  const std::int64_t large = std::int64_t{1} << 32U;
  EXPECT_EQ(checked_product(Signed{large, large}, ~std::uint64_t{0}), std::nullopt);
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(checked_product(Unsigned{most, most, most}, ~std::uint64_t{0}), std::nullopt);
}

TEST(CheckedProduct, ZeroWinsOverOverflowButNotOverANegativeSize) {
  const std::int64_t large = std::int64_t{1} << 62U;
  EXPECT_EQ(checked_product(Signed{large, large, 0}, 10), 0U);
  EXPECT_EQ(checked_product(Signed{0, -1}, 10), std::nullopt);
}

TEST(CleanParameters, SetsOnlyTinyWeightsToZero) {
  Parameters parameters;
  parameters["a"] = Tensor({5}, {1e-39F, -9e-16F, 1e-15F, 0, -2});
  EXPECT_EQ(zero_tiny_weights(parameters), 2U);
  const Tensor& a = parameters.at("a");
  EXPECT_EQ(std::vector<float>(a.begin(), a.end()), (std::vector<float>{0, 0, 1e-15F, 0, -2}));
}

}  // namespace
}  // namespace visavis::checked_product_test
