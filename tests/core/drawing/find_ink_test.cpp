#include "core/drawing/find_ink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "tests/core/base/expect_error.h"

namespace visavis::find_ink_test {
namespace {

/// Distance from a point to the ink, in pixels of a square of kInkSide.
using Shape = std::function<double(double x, double y)>;
/// Grey level of a pixel of which this share is ink.
using Paper = std::function<double(int x, int y, double ink)>;

constexpr double kMiddle = kInkSide / 2.0;

Shape ring(double radius = 34) {
  return
      [=](double x, double y) { return std::abs(std::hypot(x - kMiddle, y - kMiddle) - radius); };
}

double to_segment(double x, double y, double ax, double ay, double bx, double by) {
  const double dx = bx - ax, dy = by - ay;
  const double along = std::clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
  return std::hypot(x - ax - along * dx, y - ay - along * dy);
}

double cross(double x, double y) {
  return std::min(to_segment(x, y, 20, 20, 85, 85), to_segment(x, y, 85, 20, 20, 85));
}

double black_on_white_paper(int, int, double ink) { return 255 * (1 - ink); }

struct Drawing {
  Shape shape = ring();
  int size = kInkSide;       ///< Of the picture.
  double left = 0, top = 0;  ///< Where the square lies in it.
  double scale = 1;          ///< Pixels of the picture to one of the square.
  double pen = 4.6;
  Paper paper = black_on_white_paper;
};

Image drawn(const Drawing& drawing) {
  Image image(drawing.size, drawing.size);
  for (int y = 0; y < drawing.size; ++y) {
    for (int x = 0; x < drawing.size; ++x) {
      const double u = (x + 0.5 - drawing.left) / drawing.scale;
      const double v = (y + 0.5 - drawing.top) / drawing.scale;
      const double ink =
          std::clamp((drawing.pen / 2 - drawing.shape(u, v)) * drawing.scale + 0.5, 0.0, 1.0);
      const double grey = std::clamp(std::round(drawing.paper(x, y, ink)), 0.0, 255.0);
      std::fill_n(image.pixel(x, y), 3, static_cast<std::uint8_t>(grey));
    }
  }
  return image;
}

Image found(const Drawing& drawing) { return find_ink(drawn(drawing)); }

/// Overlap of two pictures' ink over their union.
double likeness(const Image& a, const Image& b) {
  double both = 0, either = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const int p = 255 - a.pixels[i], q = 255 - b.pixels[i];
    both += std::min(p, q);
    either += std::max(p, q);
  }
  return both / either;
}

double ink_area(const Image& image) {
  double sum = 0;
  for (const std::uint8_t grey : image.pixels) sum += 255 - grey;
  return sum;
}

TEST(FindInk, LeavesOmniglotsOwnFormAsItIs) {
  // Its edges are drawn anew, half a pixel softer.
  const Drawing crossed{.shape = cross};
  EXPECT_GT(likeness(found({}), drawn({})), 0.85);
  EXPECT_GT(likeness(found(crossed), drawn(crossed)), 0.85);
  EXPECT_LT(likeness(found({}), drawn(crossed)), 0.4);
}

TEST(FindInk, MovesASmallDrawingToTheMiddleAndEnlargesIt) {
  const Image small = found({.size = 900, .left = 360, .top = 30, .scale = 5});
  // Its box, 363 of 900 pixels, becomes 48 of 105; the pen, 3 pixels of that, is thickened.
  EXPECT_GT(likeness(small, drawn({.shape = ring(22.5)})), 0.8);
  EXPECT_LT(likeness(small, drawn({})), 0.1);
}

TEST(FindInk, SeesThroughPaperAndLight) {
  const std::vector<std::pair<const char*, Drawing>> pictures{
      {"white on black", {.paper = [](int, int, double ink) { return 255 * ink; }}},
      {"grey pencil on yellowed paper",
       {.paper = [](int, int, double ink) { return 215 - 90 * ink; }}},
      {"a lamp on one side",
       {.size = 420,
        .scale = 4,
        .paper = [](int x, int, double ink) { return (90 + x / 3.0) * (1 - 0.8 * ink); }}},
      {"a noisy camera", {.size = 420, .scale = 4, .paper = [](int x, int y, double ink) {
                            return 200 - 150 * ink + (x * 7919 + y * 104729) % 23;
                          }}}};
  for (const auto& [name, picture] : pictures) {
    const Image image = found(picture);
    EXPECT_EQ(image.width, kInkSide);
    EXPECT_EQ(image.height, kInkSide);
    EXPECT_GT(likeness(image, drawn({})), 0.75) << name;
  }
}

TEST(FindInk, ThickensAThinPen) {
  const double thin = ink_area(found({.size = 420, .scale = 4, .pen = 1.2}));
  EXPECT_NEAR(thin / ink_area(drawn({})), 1, 0.25);
}

TEST(FindInk, IgnoresSpecks) {
  const Drawing specked{
      .paper = [](int x, int y, double ink) { return x < 3 && y < 3 ? 0 : 255 * (1 - ink); }};
  EXPECT_GT(likeness(found(specked), found({})), 0.99);
}

TEST(FindInk, RefusesPaperWithoutInk) {
  const Paper noise = [](int x, int y, double) { return 230 + (x * 31 + y * 17) % 9; };
  for (const Paper& paper : {Paper([](int, int, double) { return 255; }),
                             Paper([](int, int, double) { return 0; }), noise}) {
    expect_error(ErrorCode::kUnreadableImage, "No strokes stand out",
                 [&] { found({.paper = paper}); });
  }
  expect_error(ErrorCode::kUnreadableImage, "No strokes", [] { find_ink(Image(1, 1)); });
  expect_error(ErrorCode::kUnreadableImage, "No strokes", [] { find_ink(Image(1, 700)); });
}

/// A ring with a bar across it, on paper that darkens to the right: of whole numbers alone, so that
/// it is the same picture everywhere.
Image exact_picture() {
  Image image(160, 140);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      int samples = 0;
      for (int i = 0; i < 16; ++i) {
        const int dx = 8 * x + 2 * (i % 4) + 1 - 640, dy = 8 * y + 2 * (i / 4) + 1 - 528;
        const int square = dx * dx + dy * dy;
        const bool on_ring = square >= 240 * 240 && square <= 288 * 288;
        const bool on_bar = std::abs(dx - dy) <= 24 && std::abs(dx) < 340 && std::abs(dy) < 340;
        samples += on_ring || on_bar ? 1 : 0;
      }
      const int paper = 200 - x / 4;
      std::fill_n(image.pixel(x, y), 3,
                  static_cast<std::uint8_t>(paper - paper * 3 * samples / 64));
    }
  }
  return image;
}

/// The file is what the package's former TypeScript made of the picture. Natively and under node it
/// must be found again, to within one grey level: machines may round a sum differently.
TEST(FindInk, FindsTheSameEverywhere) {
  std::ifstream in("tests/data/ink-found.pgm", std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(in), {}};
  const std::string header = "P5\n105 105\n255\n";
  ASSERT_EQ(kept.size(), header.size() + kInkSide * kInkSide);
  const Image image = find_ink(exact_picture());
  int largest = 0;
  for (std::size_t i = 0; i < kInkSide * kInkSide; ++i) {
    const int expected = static_cast<std::uint8_t>(kept[header.size() + i]);
    largest = std::max(largest, std::abs(expected - image.pixels[3 * i]));
  }
  EXPECT_LE(largest, 1);
}

}  // namespace
}  // namespace visavis::find_ink_test
