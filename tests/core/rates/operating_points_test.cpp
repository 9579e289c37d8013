#include "core/rates/operating_points.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace visavis::operating_points_test {
namespace {

/// FMR a tenth for every 0.1 of distance, from 1e-5 at 0.8.
CalibrationTable table_of(std::uint64_t impostor_pairs) {
  CalibrationTable table;
  double fmr = 1e-5;
  for (const double distance : {0.8, 0.9, 1.0, 1.1, 1.2}) {
    table.points.push_back({distance, {fmr, fmr / 2, fmr * 2}, {1.5 - distance, 0, 1}});
    fmr *= 10;
  }
  table.impostor_pairs = impostor_pairs;
  table.threshold = 1.0;
  return table;
}

TEST(NamedOperatingPoints, GoFromLaxToStrictWithTheFnmrMeasuredAtEach) {
  const auto points = named_operating_points(table_of(1'000'000));
  const double thresholds[] = {1.1, 1.0, 0.9};
  for (std::size_t i = 0; i < points.size(); ++i) {
    ASSERT_TRUE(points[i].measured) << points[i].wanted.name;
    // Interpolation of logarithms: rounding only.
    EXPECT_NEAR(points[i].measured->distance, thresholds[i], 1e-9) << points[i].wanted.name;
    EXPECT_NEAR(points[i].measured->fmr.value, points[i].wanted.fmr, 1e-12);
    EXPECT_NEAR(points[i].measured->fnmr.value, 1.5 - thresholds[i], 1e-9);
  }
  EXPECT_EQ(points[kStandardFmr].wanted.name, std::string("standard"));
  EXPECT_EQ(points[kStandardFmr].wanted.fmr, 1e-3);
}

TEST(NamedOperatingPoints, AreLeftOutWhereTenFalseMatchesWouldNotBeMeasured) {
  EXPECT_TRUE(named_operating_points(table_of(100'000))[2].measured);
  const auto points = named_operating_points(table_of(99'999));
  EXPECT_TRUE(points[0].measured);
  EXPECT_TRUE(points[1].measured);
  EXPECT_FALSE(points[2].measured) << "99,999 pairs hold fewer than ten false matches at 1e-4";
  for (const auto& point : named_operating_points({})) EXPECT_FALSE(point.measured);
}

TEST(NamedOperatingPoints, AreLeftOutWhereTheTableBeginsAtAHigherFmr) {
  CalibrationTable table = table_of(1'000'000);
  table.points.erase(table.points.begin(), table.points.begin() + 2);  // From FMR 1e-3 on.
  const auto points = named_operating_points(table);
  EXPECT_TRUE(points[1].measured);
  EXPECT_FALSE(points[2].measured);
}

}  // namespace
}  // namespace visavis::operating_points_test
