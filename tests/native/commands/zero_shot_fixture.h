#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/drawing/pen_drawing.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis {

inline constexpr int kDrawingSide = 60;
inline constexpr int kDrawers = 5;

/// Two alphabets of made-up characters, each drawn by five hands: pen paths and images of them, as
/// Omniglot's folders hold them.
class ZeroShotCommandsTest : public CommandTest {
 protected:
  ZeroShotCommandsTest() {
    std::mt19937_64 random(3);
    for (int c = 0; c < 16; ++c) {
      const PenDrawing character = make_character(random);
      const std::string name =
          (c < 12 ? "First/character" : "Second/character") + std::to_string(10 + c);
      for (int drawer = 1; drawer <= kDrawers; ++drawer) {
        const PenDrawing drawing = by_hand(character, random);
        const std::string file = name + "/00_0" + std::to_string(drawer);
        write_strokes(drawing, "strokes/" + file + ".txt");
        write(painted(drawing), "images/" + file + ".png");
      }
    }
  }

  /// Four strokes between the points of a 3x3 grid.
  static PenDrawing make_character(std::mt19937_64& random) {
    PenDrawing drawing;
    while (drawing.strokes.size() < 4) {
      const auto from = static_cast<int>(random() % 9);
      const auto to = static_cast<int>(random() % 9);
      if (from == to) continue;
      const auto point = [](int i) {
        return Point{10.0F + 20.0F * static_cast<float>(i % 3),
                     10.0F + 20.0F * static_cast<float>(i / 3)};
      };
      drawing.strokes.push_back({point(from), point(to)});
    }
    return drawing;
  }

  static PenDrawing by_hand(PenDrawing drawing, std::mt19937_64& random) {
    const auto tremor = [&] { return static_cast<float>(random() % 5) - 2; };
    for (auto& stroke : drawing.strokes) {
      for (Point& point : stroke) point = {point.x + tremor(), point.y + tremor()};
    }
    return drawing;
  }

  static Image painted(const PenDrawing& drawing) {
    Image image(kDrawingSide, kDrawingSide);
    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{255});
    for (const auto& stroke : drawing.strokes) {
      for (int step = 0; step <= 100; ++step) {
        const float t = static_cast<float>(step) / 100;
        const int x = static_cast<int>(stroke[0].x + t * (stroke[1].x - stroke[0].x));
        const int y = static_cast<int>(stroke[0].y + t * (stroke[1].y - stroke[0].y));
        paint_square(image, x - 1, y - 1, 3, {0, 0, 0});
      }
    }
    return image;
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  void write_strokes(const PenDrawing& drawing, const std::string& name) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream out(folder_ / name);
    out << "START\n";
    for (const auto& stroke : drawing.strokes) {
      for (const Point& point : stroke) out << point.x << ',' << -point.y << ",0\n";
      out << "BREAK\n";
    }
  }

  CommandResult describe(int drawer = 1) const {
    return run({"zero-shot", "describe", "--strokes", path("strokes"), "--drawer",
                std::to_string(drawer), "--out", path("attributes.csv")});
  }
  CommandResult train() const {
    return run({"zero-shot", "train", "--pixels", "--data", path("images/First"), "--attributes",
                path("attributes.csv"), "--leave-out", "_01", "--folds", "3", "--out",
                path("z.visavis")});
  }
  [[nodiscard]] std::string csv() const {
    std::ifstream in(path("attributes.csv"));
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void write_csv(const std::string& text) const { std::ofstream(path("attributes.csv")) << text; }
};

}  // namespace visavis
