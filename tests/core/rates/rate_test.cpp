#include "core/rates/rate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis {
namespace {

TEST(IncompleteBeta, AgreesWithClosedForms) {
  for (const double x : {0.0, 1e-6, 0.1, 0.5, 0.9, 1.0}) {
    EXPECT_NEAR(regularized_incomplete_beta(x, 1, 7), 1 - std::pow(1 - x, 7), 1e-14);
    EXPECT_NEAR(regularized_incomplete_beta(x, 7, 1), std::pow(x, 7), 1e-14);
  }
  EXPECT_NEAR(regularized_incomplete_beta(0.5, 300, 300), 0.5, 1e-12);
}

TEST(IncompleteBeta, IsTheTailOfTheBinomial) {
  // I_p(k, n - k + 1) = P(X >= k) for X binomial(n, p), DLMF 8.17.5; n small enough to sum.
  const int n = 20;
  for (int k = 1; k <= n; ++k) {
    double tail = 0;
    for (int j = k; j <= n; ++j) {
      const double choose =
          std::tgamma(n + 1.0) / (std::tgamma(j + 1.0) * std::tgamma(n - j + 1.0));
      tail += choose * std::pow(0.3, j) * std::pow(0.7, n - j);
    }
    EXPECT_NEAR(regularized_incomplete_beta(0.3, k, n - k + 1), tail, 1e-12) << "k = " << k;
  }
}

TEST(RateWithInterval, AgreesWithExactArithmetic) {
  // Solved from the sums of binomial probabilities in 60 decimal digits.
  struct Case {
    std::size_t events, trials;
    double low, high;
  };
  for (const Case& c :
       {Case{0, 10, 0, 0.308497108}, Case{5, 10, 0.187086028, 0.812913972},
        Case{10, 100, 0.0490046892, 0.176222598}, Case{1, 100, 0.000253146, 0.0544593854},
        Case{3, 1'000'000, 6.18672e-7, 8.76725e-6}}) {
    const Rate rate = rate_with_interval(c.events, c.trials);
    EXPECT_DOUBLE_EQ(rate.value, static_cast<double>(c.events) / static_cast<double>(c.trials));
    EXPECT_NEAR(rate.low, c.low, 1e-5 * c.low) << c.events << " of " << c.trials;
    EXPECT_NEAR(rate.high, c.high, 1e-5 * c.high) << c.events << " of " << c.trials;
  }
}

TEST(RateWithInterval, HoldsAtTheEnds) {
  EXPECT_EQ(rate_with_interval(0, 0).high, 1);
  EXPECT_EQ(rate_with_interval(0, 5).low, 0);
  EXPECT_EQ(rate_with_interval(5, 5).high, 1);
  // With no events the bound has a closed form: 1 - 0.025^(1/n).
  // Relative 1e-7: lgamma of 1e7 is 1.5e8, so that 8 digits of the difference of two are left.
  const double expected = -std::expm1(std::log(0.025) / 1e7);
  EXPECT_NEAR(rate_with_interval(0, 10'000'000).high, expected, 1e-7 * expected);
  expect_error(ErrorCode::kInvalidArgument, "2 events among 1 trials",
               [&] { rate_with_interval(2, 1); });
}

}  // namespace
}  // namespace visavis
