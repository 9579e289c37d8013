#include "core/drawing/pen_drawing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "core/base/parse_number.h"

namespace visavis {
namespace {

constexpr double kMaxCoordinate = 1e6;
constexpr std::size_t kMaxPoints = 100'000;

/// The next line, without its end; `text` loses it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

/// x, y and time of "x,y,t"; false for anything else.
bool parse_numbers(std::string_view line, std::array<double, 3>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool is_last = i + 1 == numbers.size();
    const std::size_t end = is_last ? line.size() : line.find(',');
    const std::optional<double> number = parse_number(line.substr(0, end));
    if (!number || end == std::string_view::npos) return false;
    numbers[i] = *number;
    line.remove_prefix(is_last ? end : end + 1);
  }
  return true;
}

Error broken(const std::string& source, std::size_t line, const std::string& problem) {
  return {ErrorCode::kInvalidArgument, source + ", line " + std::to_string(line) + ": " + problem};
}

Point parse_point(std::string_view line, const std::string& source, std::size_t number) {
  std::array<double, 3> numbers{};
  if (!parse_numbers(line, numbers)) {
    throw broken(source, number,
                 "'" + std::string(line.substr(0, 40)) +
                     "' is no pen position; three numbers x,y,t, START or BREAK are expected");
  }
  if (std::abs(numbers[0]) > kMaxCoordinate || std::abs(numbers[1]) > kMaxCoordinate) {
    throw broken(source, number, "a coordinate is beyond +-1e6");
  }
  return {static_cast<float>(numbers[0]), static_cast<float>(-numbers[1])};
}

std::vector<Point> resampled(const std::vector<Point>& path, double step) {
  std::vector<Point> points{path.front()};
  double to_next = step;  // Path length left until the next point.
  for (std::size_t i = 1; i < path.size(); ++i) {
    const double dx = static_cast<double>(path[i].x) - path[i - 1].x;
    const double dy = static_cast<double>(path[i].y) - path[i - 1].y;
    const double length = std::hypot(dx, dy);
    double at = to_next;
    for (; at <= length; at += step) {
      points.push_back({static_cast<float>(path[i - 1].x + dx * at / length),
                        static_cast<float>(path[i - 1].y + dy * at / length)});
    }
    to_next = at - length;
  }
  const Point last = path.back();
  // A rest of less than a thousandth of a step is rounding: it has no direction.
  if (distance_between(points.back(), last) > 1e-3 * step) points.push_back(last);
  return points;
}

}  // namespace

Bounds bounds_of(const PenDrawing& drawing) {
  const Point first = drawing.strokes.front().front();
  Bounds bounds{first, first};
  for (const auto& stroke : drawing.strokes) {
    for (const Point& point : stroke) {
      bounds.first = {std::min(bounds.first.x, point.x), std::min(bounds.first.y, point.y)};
      bounds.last = {std::max(bounds.last.x, point.x), std::max(bounds.last.y, point.y)};
    }
  }
  return bounds;
}

void check_drawing(const PenDrawing& drawing, const std::string& source) {
  const auto fail = [&](const std::string& problem) {
    throw Error(ErrorCode::kInvalidArgument, source + ": " + problem);
  };
  if (drawing.strokes.empty()) fail("a drawing without a stroke; draw at least one");
  for (const auto& stroke : drawing.strokes) {
    if (stroke.empty()) fail("a stroke without a point; leave it out");
    for (const Point& point : stroke) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
        fail("a pen position that is not finite");
      }
    }
  }
}

PenDrawing parse_pen_drawing(std::string_view text, const std::string& source) {
  PenDrawing drawing;
  std::vector<Point> stroke;
  std::size_t points = 0;
  const auto end_stroke = [&] {
    if (!stroke.empty()) drawing.strokes.push_back(std::exchange(stroke, {}));
  };
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (number == 1) {
      if (line == "START") continue;
      throw broken(source, number, "the first line is not START; no pen path in this format");
    }
    if (line == "BREAK") {
      end_stroke();
    } else if (!line.empty()) {
      stroke.push_back(parse_point(line, source, number));
      if (++points > kMaxPoints) throw broken(source, number, "more than 100,000 pen positions");
    }
  }
  end_stroke();
  check_drawing(drawing, source);
  return drawing;
}

PenDrawing normalized_drawing(const PenDrawing& drawing, double step) {
  require_number("the step of a drawing", step, {0.001, 1});
  check_drawing(drawing, "drawing");
  const Bounds bounds = bounds_of(drawing);
  const Point extent = bounds.last - bounds.first;
  const float side = std::max(extent.x, extent.y);
  const float scale = side > 0 ? 1 / side : 1;
  const Point middle = middle_of(bounds.first, bounds.last);
  PenDrawing normalized;
  for (const auto& stroke : drawing.strokes) {
    std::vector<Point> path;
    path.reserve(stroke.size());
    for (const Point& point : stroke) {
      path.push_back(Point{0.5F, 0.5F} + (point - middle) * scale);
    }
    normalized.strokes.push_back(resampled(path, step));
  }
  return normalized;
}

}  // namespace visavis
