#include "core/rates/rate.h"

#include <cmath>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

/// Continued fraction of the incomplete beta function, DLMF 8.17.22, by Lentz's method as modified
/// by Thompson and Barnett (1986). Converges within O(sqrt(max(a, b))) steps for
/// x < (a + 1) / (a + b + 2).
double beta_continued_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  constexpr int kMaxSteps = 1'000'000;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m <= kMaxSteps; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    result *= d * c;
    if (std::abs(d * c - 1) < 1e-15) return result;
  }
  throw Error(ErrorCode::kInternal, "incomplete beta function did not converge");
}

/// The x with I_x(a, b) = probability. Bisection: the function is monotone, and the ends are safe
/// where Newton's method is not.
double inverse_incomplete_beta(double probability, double a, double b) {
  double low = 0;
  double high = 1;
  while (true) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high || high - low < 1e-13 * high) return middle;
    (regularized_incomplete_beta(middle, a, b) < probability ? low : high) = middle;
  }
}

}  // namespace

double regularized_incomplete_beta(double x, double a, double b) {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) {
    throw Error(ErrorCode::kInvalidArgument,
                "incomplete beta function needs a, b > 0 and x in 0..1");
  }
  if (x == 0 || x == 1) return x;
  // I_x(a, b) = 1 - I_{1-x}(b, a) keeps the continued fraction where it converges fast.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularized_incomplete_beta(1 - x, b, a);
  const double log_factor =
      a * std::log(x) + b * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b);
  return std::exp(log_factor) * beta_continued_fraction(x, a, b) / a;
}

Rate rate_with_interval(std::size_t events, std::size_t trials) {
  if (events > trials) {
    throw Error(ErrorCode::kInvalidArgument, std::to_string(events) + " events among " +
                                                 std::to_string(trials) +
                                                 " trials: there cannot be more than trials");
  }
  if (trials == 0) return {0, 0, 1};
  constexpr double kTail = 0.025;
  const auto k = static_cast<double>(events);
  const auto n = static_cast<double>(trials);
  Rate rate{k / n, 0, 1};
  if (events > 0) rate.low = inverse_incomplete_beta(kTail, k, n - k + 1);
  if (events < trials) rate.high = inverse_incomplete_beta(1 - kTail, k + 1, n - k);
  return rate;
}

}  // namespace visavis
