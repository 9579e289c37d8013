#include "core/drawing/stroke_attributes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "core/drawing/stroke_topology.h"
#include "tests/core/base/expect_error.h"

namespace visavis::stroke_attributes_test {
namespace {

using Stroke = std::vector<Point>;

Stroke arc(float x, float y, float radius, double from_turns, double to_turns) {
  Stroke stroke;
  for (int i = 0; i <= 60; ++i) {
    const double angle = 2 * std::numbers::pi * (from_turns + (to_turns - from_turns) * i / 60);
    stroke.push_back({x + radius * static_cast<float>(std::cos(angle)),
                      y + radius * static_cast<float>(std::sin(angle))});
  }
  return stroke;
}

StrokeTopology topology_of(const PenDrawing& drawing) {
  return stroke_topology(normalized_drawing(drawing, kTopologyStep));
}

void expect_topology(const PenDrawing& drawing, int ends, int junctions, int crossings, int loops,
                     int closed, int pieces) {
  const StrokeTopology t = topology_of(drawing);
  EXPECT_EQ(t.end_points, ends) << "end points";
  EXPECT_EQ(t.junctions, junctions) << "junctions";
  EXPECT_EQ(t.crossings, crossings) << "crossings";
  EXPECT_EQ(t.loops, loops) << "loops";
  EXPECT_EQ(t.closed_strokes, closed) << "closed strokes";
  EXPECT_EQ(t.pieces, pieces) << "pieces";
}

float attribute(const PenDrawing& drawing, const std::string& name) {
  const auto& names = stroke_attribute_names();
  const auto found = std::find(names.begin(), names.end(), name);
  EXPECT_NE(found, names.end()) << name;
  return stroke_attributes(drawing)[static_cast<std::size_t>(found - names.begin())];
}

const PenDrawing kLine{{{{0, 0}, {10, 0}}}};
const PenDrawing kCross{{{{0, 5}, {10, 5}}, {{5, 0}, {5, 10}}}};
const PenDrawing kTee{{{{0, 0}, {10, 0}}, {{5, 0}, {5, 10}}}};

TEST(StrokeTopologyTest, LineHasTwoEnds) { expect_topology(kLine, 2, 0, 0, 0, 0, 1); }

TEST(StrokeTopologyTest, DotIsOneEnd) { expect_topology({{{{3, 4}}}}, 1, 0, 0, 0, 0, 1); }

TEST(StrokeTopologyTest, CrossHasFourEndsAndOneCrossing) {
  expect_topology(kCross, 4, 1, 1, 0, 0, 1);
}

TEST(StrokeTopologyTest, TeeHasThreeEndsAndOneJunction) { expect_topology(kTee, 3, 1, 0, 0, 0, 1); }

TEST(StrokeTopologyTest, CornerOfTwoStrokesIsNoJunction) {
  expect_topology({{{{0, 10}, {0, 0}}, {{0, 0}, {10, 0}}}}, 2, 0, 0, 0, 0, 1);
}

TEST(StrokeTopologyTest, CircleIsOneClosedLoopOfItsArea) {
  const PenDrawing circle{{arc(50, 50, 40, 0, 1)}};
  expect_topology(circle, 0, 0, 0, 1, 1, 1);
  // A line as wide as half the touch distance on each side is drawn round it: 0.7 of the disc's
  // pi / 4 is left at least.
  EXPECT_GT(topology_of(circle).enclosed_area, 0.7 * std::numbers::pi / 4);
  EXPECT_LT(topology_of(circle).enclosed_area, std::numbers::pi / 4);
}

TEST(StrokeTopologyTest, OpenArcHasNoLoop) {
  expect_topology({{arc(50, 50, 40, 0, 0.8)}}, 2, 0, 0, 0, 0, 1);
}

TEST(StrokeTopologyTest, EightHasTwoLoopsAndACrossing) {
  Stroke eight;
  for (int i = 0; i <= 120; ++i) {
    const double angle = 2 * std::numbers::pi * (i / 120.0 + 0.125);
    eight.push_back(
        {static_cast<float>(40 * std::sin(2 * angle)), static_cast<float>(80 * std::sin(angle))});
  }
  expect_topology({{eight}}, 0, 1, 1, 2, 1, 1);
}

TEST(StrokeTopologyTest, TwoBarsArePieces) {
  expect_topology({{{{0, 0}, {10, 0}}, {{0, 5}, {10, 5}}}}, 4, 0, 0, 0, 0, 2);
}

TEST(StrokeAttributesTest, PlaceAndSizeDoNotMatter) {
  PenDrawing moved = kTee;
  for (Stroke& stroke : moved.strokes) {
    for (Point& point : stroke) point = {7 * point.x + 300, 7 * point.y - 50};
  }
  const auto before = stroke_attributes(kTee);
  const auto after = stroke_attributes(moved);
  for (std::size_t i = 0; i < before.size(); ++i) {
    // Square roots of cells that hold next to nothing turn a rounding of 1e-7 into 3e-4.
    EXPECT_NEAR(before[i], after[i], 1e-3) << stroke_attribute_names()[i];
  }
}

TEST(StrokeAttributesTest, CountsAndLengths) {
  EXPECT_EQ(attribute(kCross, "strokes"), 2);
  EXPECT_NEAR(attribute(kCross, "length"), 2, 1e-4);
  // From the end of the bar at (1, 1/2) to the top of the other at (1/2, 0).
  EXPECT_NEAR(attribute(kCross, "pen_up_length"), std::sqrt(0.5), 1e-4);
  EXPECT_NEAR(attribute(kCross, "straightness"), 1, 1e-4);
  EXPECT_EQ(attribute(kCross, "corners"), 0);
  EXPECT_EQ(attribute({{{{0, 0}, {10, 0}, {10, 10}}}}, "corners"), 1);
}

TEST(StrokeAttributesTest, HeadingTellsWhereThePenGoesSlopeDoesNot) {
  const PenDrawing right = kLine;
  const PenDrawing left{{{{10, 0}, {0, 0}}}};
  const PenDrawing down{{{{0, 0}, {0, 10}}}};
  EXPECT_NEAR(attribute(right, "heading_0"), 1, 1e-4);
  EXPECT_NEAR(attribute(left, "heading_4"), 1, 1e-4);
  EXPECT_NEAR(attribute(down, "heading_2"), 1, 1e-4);
  EXPECT_NEAR(attribute(right, "slope_0"), 1, 1e-4);
  EXPECT_NEAR(attribute(left, "slope_0"), 1, 1e-4);
  EXPECT_NEAR(attribute(down, "slope_4"), 1, 1e-4);
}

TEST(StrokeAttributesTest, CircleWindsOnceAndIsSymmetrical) {
  const PenDrawing clockwise{{arc(0, 0, 1, 0, 1)}};
  // Sixty chords have 59 corners: the pen does not turn where it is lifted.
  const double winding = 2 * std::numbers::pi * 59 / 60;
  EXPECT_NEAR(attribute(clockwise, "winding"), winding, 1e-3);
  EXPECT_NEAR(attribute({{arc(0, 0, 1, 1, 0)}}, "winding"), -winding, 1e-3);
  for (const char* name : {"mirror_x", "mirror_y", "half_turn"}) {
    EXPECT_GT(attribute(clockwise, name), 0.98) << name;
  }
  // A tee is alike left and right, not top and bottom.
  EXPECT_GT(attribute(kTee, "mirror_x"), 0.98);
  EXPECT_LT(attribute(kTee, "mirror_y"), 0.7);
}

TEST(StrokeAttributesTest, CellsLieWhereTheInkIs) {
  const PenDrawing corner{{{{0, 0}, {0, 10}}, {{0, 10}, {10, 10}}}};
  EXPECT_GT(attribute(corner, "cell_4_0"), 0.2);
  EXPECT_NEAR(attribute(corner, "cell_1_6"), 0, 1e-3);
  EXPECT_GT(attribute(corner, "cell_3_2_0"), 0.2) << "level line at the bottom";
  EXPECT_GT(attribute(corner, "cell_1_0_4"), 0.2) << "upright line on the left";
  EXPECT_NEAR(attribute(corner, "cell_1_0_0"), 0, 1e-3);
}

TEST(StrokeAttributesTest, DotIsFinite) {
  for (const float value : stroke_attributes({{{{3, 4}}}})) EXPECT_TRUE(std::isfinite(value));
}

TEST(PenDrawingTest, ReadsOmniglotsText) {
  const PenDrawing drawing =
      parse_pen_drawing("START\r\n1.5,-2,0\n3,-4.25,17\nBREAK\nBREAK\n5,-6,20\nBREAK\n", "a.txt");
  ASSERT_EQ(drawing.strokes.size(), 2U);
  ASSERT_EQ(drawing.strokes[0].size(), 2U);
  EXPECT_EQ(drawing.strokes[0][1].x, 3);
  EXPECT_EQ(drawing.strokes[0][1].y, 4.25F);  // y points down here, up there.
  EXPECT_EQ(drawing.strokes[1].size(), 1U);
}

TEST(PenDrawingTest, RefusesWhatIsNoPenPath) {
  const auto expect = [](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::kInvalidArgument, part, [&] { parse_pen_drawing(text, "a.txt"); });
  };
  expect("", "a.txt: a drawing without a stroke");
  expect("START\nBREAK\n", "without a stroke");
  expect("1,2,3\n", "line 1: the first line is not START");
  expect("START\n1,2\n", "line 2: '1,2' is no pen position");
  expect("START\n1,2,3,4\n", "no pen position");
  expect("START\nnan,2,3\n", "'nan,2,3' is no pen position");
  expect("START\n1,1e9,3\n", "beyond");
}

TEST(PenDrawingTest, NormalizesToTheUnitSquareAndEvenSteps) {
  const PenDrawing drawing = normalized_drawing({{{{10, 20}, {10, 24}, {12, 24}}}}, 0.25);
  ASSERT_EQ(drawing.strokes.size(), 1U);
  const Stroke expected{{0.25, 0}, {0.25, 0.25}, {0.25, 0.5}, {0.25, 0.75},
                        {0.25, 1}, {0.5, 1},     {0.75, 1}};
  ASSERT_EQ(drawing.strokes[0].size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(drawing.strokes[0][i].x, expected[i].x, 1e-6) << i;
    EXPECT_NEAR(drawing.strokes[0][i].y, expected[i].y, 1e-6) << i;
  }
  expect_error(ErrorCode::kInvalidArgument, "step", [] { normalized_drawing(kLine, 0); });
  expect_error(ErrorCode::kInvalidArgument, "without a point",
               [] { normalized_drawing({{{}}}, 0.1); });
}

}  // namespace
}  // namespace visavis::stroke_attributes_test
