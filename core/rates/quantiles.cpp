#include "core/rates/quantiles.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/rates/rate.h"

namespace visavis {
namespace {

/// The x in low..high where a falling function becomes 0, by bisection: safe where Newton's method
/// is not.
template <class Function>
double falling_root(double low, double high, const Function& value) {
  while (true) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high || high - low < 1e-13 * std::abs(middle)) return middle;
    (value(middle) > 0 ? low : high) = middle;
  }
}

}  // namespace

double normal_deviate(double probability) {
  if (!(probability > 0 && probability < 1)) {
    throw Error(ErrorCode::kInvalidArgument, "a normal deviate needs a probability within (0, 1)");
  }
  if (probability == 0.5) return 0;
  // The tail keeps its precision where 1 - probability would lose it.
  const double tail = std::min(probability, 1 - probability);
  constexpr double kBeyond = 39;  // The tail beyond is 0 in double.
  const double deviate = falling_root(
      0, kBeyond, [&](double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)) - tail; });
  return probability < 0.5 ? -deviate : deviate;
}

double student_t_limit(double share, int degrees) {
  if (!(share > 0 && share < 1 && degrees >= 1)) {
    throw Error(ErrorCode::kInvalidArgument,
                "a limit of Student's t needs a share within (0, 1) and a degree of freedom");
  }
  // P(|T| > t) = I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2): DLMF 8.17, Student 1908.
  const double x = falling_root(0, 1, [&](double at) {
    return 1 - share - regularized_incomplete_beta(at, 0.5 * degrees, 0.5);
  });
  return std::sqrt(degrees * (1 - x) / x);
}

}  // namespace visavis
