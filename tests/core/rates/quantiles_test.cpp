#include "core/rates/quantiles.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::quantiles_test {
namespace {

TEST(NormalDeviate, AgreesWithPublishedTables) {
  // Abramowitz and Stegun (1964), table 26.5, and the usual 95% limit.
  EXPECT_NEAR(normal_deviate(0.975), 1.959963984540, 1e-10);
  EXPECT_NEAR(normal_deviate(0.9), 1.281551565545, 1e-10);
  EXPECT_NEAR(normal_deviate(0.01), -2.326347874041, 1e-10);
  EXPECT_NEAR(normal_deviate(1e-4), -3.719016485456, 1e-10);
  EXPECT_NEAR(normal_deviate(1e-6), -4.753424308823, 1e-10);
  EXPECT_EQ(normal_deviate(0.5), 0);
}

TEST(NormalDeviate, IsTheInverseOfTheNormalDistribution) {
  for (const double probability : {1e-12, 1e-3, 0.2, 0.49, 0.7, 0.999}) {
    const double z = normal_deviate(probability);
    EXPECT_NEAR(0.5 * std::erfc(-z / std::sqrt(2.0)) / probability, 1, 1e-11) << probability;
  }
}

TEST(NormalDeviate, RefusesWhatIsNoProbability) {
  for (const double bad : {0.0, 1.0, -0.1, std::nan("")}) {
    expect_error(ErrorCode::kInvalidArgument, "within (0, 1)", [&] { normal_deviate(bad); });
  }
}

TEST(StudentTLimit, AgreesWithPublishedTables) {
  // Abramowitz and Stegun (1964), table 26.10.
  EXPECT_NEAR(student_t_limit(0.95, 1), 12.706, 5e-4);
  EXPECT_NEAR(student_t_limit(0.95, 9), 2.262, 5e-4);
  EXPECT_NEAR(student_t_limit(0.99, 5), 4.032, 5e-4);
  EXPECT_NEAR(student_t_limit(0.95, 1'000'000), 1.95996, 1e-4) << "becomes the normal deviate";
  expect_error(ErrorCode::kInvalidArgument, "Student's t", [] { student_t_limit(0.95, 0); });
}

}  // namespace
}  // namespace visavis::quantiles_test
