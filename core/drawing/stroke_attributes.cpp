#include "core/drawing/stroke_attributes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "core/drawing/stroke_topology.h"

namespace visavis {
namespace {

constexpr int kHeadings = 8;
constexpr int kSlopeBins = 8;
constexpr int kInkGrid = 8;
constexpr int kSlopeGrid = 4;
/// A turn of more than this within kCornerReach of the path is a corner.
constexpr double kCornerAngle = std::numbers::pi / 3;
constexpr double kCornerReach = 0.06;

/// A short piece of a stroke.
struct Piece {
  double x = 0, y = 0;  ///< Its middle.
  double length = 0;
  double angle = 0;  ///< -pi..pi, 0 to the right, clockwise (y points down).
};

std::vector<std::vector<Piece>> pieces_of(const PenDrawing& drawing) {
  std::vector<std::vector<Piece>> strokes;
  for (const auto& stroke : drawing.strokes) {
    std::vector<Piece>& pieces = strokes.emplace_back();
    for (std::size_t i = 1; i < stroke.size(); ++i) {
      const double dx = static_cast<double>(stroke[i].x) - stroke[i - 1].x;
      const double dy = static_cast<double>(stroke[i].y) - stroke[i - 1].y;
      pieces.push_back({(static_cast<double>(stroke[i].x) + stroke[i - 1].x) / 2,
                        (static_cast<double>(stroke[i].y) + stroke[i - 1].y) / 2,
                        std::hypot(dx, dy), std::atan2(dy, dx)});
    }
  }
  return strokes;
}

/// Turn from one angle to another, -pi..pi, positive clockwise.
double turn(double from, double to) { return std::remainder(to - from, 2 * std::numbers::pi); }

/// A bin's number and the share that belongs to it.
struct Share {
  int bin = 0;
  double weight = 0;
};
using Shares = std::array<Share, 2>;

/// Between the two nearest bins of a circle; `turns` counts whole circles.
Shares circular_shares(double turns, int bins) {
  const double place = (turns - std::floor(turns)) * bins;
  const double low = std::floor(place);
  const double rest = place - low;
  const int bin = static_cast<int>(low) % bins;
  return {{{bin, 1 - rest}, {(bin + 1) % bins, rest}}};
}

/// Between the two cells whose middles are nearest; at the border all to the outermost.
Shares grid_shares(double position, int cells) {
  const double place = std::clamp(position * cells - 0.5, 0.0, cells - 1.0);
  const int low = std::min(static_cast<int>(place), cells - 2);
  const double rest = place - low;
  return {{{low, 1 - rest}, {low + 1, rest}}};
}

/// All attributes of one drawing; every part appends its own, in the order of names.
class Attributes {
 public:
  explicit Attributes(const PenDrawing& raw)
      : drawing_(normalized_drawing(raw, kTopologyStep)), strokes_(pieces_of(drawing_)) {
    for (const auto& stroke : strokes_) {
      for (const Piece& piece : stroke) length_ += piece.length;
    }
    append_pen();
    append_shape();
    append_symmetry();
    append_topology();
    append_directions();
    append_grids();
  }
  std::vector<std::pair<std::string, double>> take() { return std::move(attributes_); }

 private:
  void append(std::string name, double value) { attributes_.emplace_back(std::move(name), value); }
  /// Per length; a dot has none.
  [[nodiscard]] double share(double value) const { return length_ > 0 ? value / length_ : 0; }
  void append_pen();
  void append_shape();
  void append_symmetry();
  void append_topology();
  void append_directions();
  void append_grids();
  [[nodiscard]] double pen_up_length() const;
  [[nodiscard]] int corners() const;

  PenDrawing drawing_;
  std::vector<std::vector<Piece>> strokes_;
  double length_ = 0;
  std::vector<std::pair<std::string, double>> attributes_;
};

double Attributes::pen_up_length() const {
  double length = 0;
  for (std::size_t s = 1; s < drawing_.strokes.size(); ++s) {
    length += distance_between(drawing_.strokes[s - 1].back(), drawing_.strokes[s].front());
  }
  return length;
}

/// Each is counted once: after one, the path must have gone on for the reach on both sides.
int Attributes::corners() const {
  constexpr auto kReach = static_cast<std::size_t>(kCornerReach / kTopologyStep + 0.5);
  int count = 0;
  for (const auto& stroke : strokes_) {
    for (std::size_t i = kReach; i + kReach < stroke.size(); ++i) {
      if (std::abs(turn(stroke[i - kReach].angle, stroke[i + kReach].angle)) < kCornerAngle) {
        continue;
      }
      ++count;
      i += 2 * kReach;
    }
  }
  return count;
}

void Attributes::append_pen() {
  double turning = 0;
  double winding = 0;
  double chords = 0;
  for (std::size_t s = 0; s < strokes_.size(); ++s) {
    for (std::size_t i = 1; i < strokes_[s].size(); ++i) {
      const double angle = turn(strokes_[s][i - 1].angle, strokes_[s][i].angle);
      turning += std::abs(angle);
      winding += angle;
    }
    chords += distance_between(drawing_.strokes[s].front(), drawing_.strokes[s].back());
  }
  append("strokes", static_cast<double>(drawing_.strokes.size()));
  append("length", length_);
  append("pen_up_length", pen_up_length());
  append("corners", corners());
  append("turning", share(turning));
  append("winding", winding);
  append("straightness", length_ > 0 ? chords / length_ : 1);
}

/// Extent, and the ink's mean and covariance.
void Attributes::append_shape() {
  const auto [first, last] = bounds_of(drawing_);
  const double width = double{last.x} - first.x, height = double{last.y} - first.y;
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (const auto& stroke : strokes_) {
    for (const Piece& piece : stroke) {
      const double dx = piece.x - 0.5;
      const double dy = piece.y - 0.5;
      x += piece.length * dx;
      y += piece.length * dy;
      xx += piece.length * dx * dx;
      yy += piece.length * dy * dy;
      xy += piece.length * dx * dy;
    }
  }
  x = share(x);
  y = share(y);
  // A bar's thin side is held to a twentieth, below which a hand's tremor would tell.
  constexpr double kThinnest = 0.05;
  append("log_aspect", std::log(std::max(kThinnest, width) / std::max(kThinnest, height)));
  append("centre_x", x);
  append("centre_y", y);
  append("spread_x", std::sqrt(std::max(0.0, share(xx) - x * x)));
  append("spread_y", std::sqrt(std::max(0.0, share(yy) - y * y)));
  append("slant", share(xy) - x * y);
}

/// Ink shared among the cells of a square grid, row by row.
std::vector<double> ink_grid(const std::vector<std::vector<Piece>>& strokes, int cells) {
  std::vector<double> ink(static_cast<std::size_t>(cells) * cells, 0);
  for (const auto& stroke : strokes) {
    for (const Piece& piece : stroke) {
      for (const Share& row : grid_shares(piece.y, cells)) {
        for (const Share& column : grid_shares(piece.x, cells)) {
          ink[static_cast<std::size_t>(row.bin * cells + column.bin)] +=
              piece.length * row.weight * column.weight;
        }
      }
    }
  }
  return ink;
}

/// Cosine of the angle between the drawing's ink and its image under each symmetry.
void Attributes::append_symmetry() {
  const std::vector<double> ink = ink_grid(strokes_, kInkGrid);
  double square = 0, mirror_x = 0, mirror_y = 0, half_turn = 0;
  const auto at = [&](int row, int column) {
    return ink[static_cast<std::size_t>(row * kInkGrid + column)];
  };
  for (int row = 0; row < kInkGrid; ++row) {
    for (int column = 0; column < kInkGrid; ++column) {
      const int other_row = kInkGrid - 1 - row;
      const int other_column = kInkGrid - 1 - column;
      square += at(row, column) * at(row, column);
      mirror_x += at(row, column) * at(row, other_column);
      mirror_y += at(row, column) * at(other_row, column);
      half_turn += at(row, column) * at(other_row, other_column);
    }
  }
  // A dot is as symmetrical as can be.
  const auto likeness = [&](double product) { return square > 0 ? product / square : 1; };
  append("mirror_x", likeness(mirror_x));
  append("mirror_y", likeness(mirror_y));
  append("half_turn", likeness(half_turn));
}

void Attributes::append_topology() {
  const StrokeTopology topology = stroke_topology(drawing_);
  append("pieces", topology.pieces);
  append("end_points", topology.end_points);
  append("junctions", topology.junctions);
  append("crossings", topology.crossings);
  append("loops", topology.loops);
  append("closed_strokes", topology.closed_strokes);
  append("enclosed_area", topology.enclosed_area);
}

void Attributes::append_directions() {
  std::array<double, kHeadings> headings{};
  std::array<double, kSlopeBins> slopes{};
  for (const auto& stroke : strokes_) {
    for (const Piece& piece : stroke) {
      const double turns = piece.angle / (2 * std::numbers::pi);
      for (const Share& bin : circular_shares(turns, kHeadings)) {
        headings[static_cast<std::size_t>(bin.bin)] += piece.length * bin.weight;
      }
      for (const Share& bin : circular_shares(2 * turns, kSlopeBins)) {
        slopes[static_cast<std::size_t>(bin.bin)] += piece.length * bin.weight;
      }
    }
  }
  for (std::size_t k = 0; k < kHeadings; ++k) {
    append("heading_" + std::to_string(k), share(headings[k]));
  }
  for (std::size_t k = 0; k < kSlopeBins; ++k)
    append("slope_" + std::to_string(k), share(slopes[k]));
}

std::vector<double> slope_grid(const std::vector<std::vector<Piece>>& strokes) {
  std::vector<double> ink(static_cast<std::size_t>(kSlopeGrid) * kSlopeGrid * kSlopeBins, 0);
  for (const auto& stroke : strokes) {
    for (const Piece& piece : stroke) {
      const Shares slopes = circular_shares(piece.angle / std::numbers::pi, kSlopeBins);
      for (const Share& row : grid_shares(piece.y, kSlopeGrid)) {
        for (const Share& column : grid_shares(piece.x, kSlopeGrid)) {
          for (const Share& slope : slopes) {
            const int cell = (row.bin * kSlopeGrid + column.bin) * kSlopeBins + slope.bin;
            ink[static_cast<std::size_t>(cell)] +=
                piece.length * row.weight * column.weight * slope.weight;
          }
        }
      }
    }
  }
  return ink;
}

/// Square roots: the second line through a cell says less than the first.
void Attributes::append_grids() {
  const std::vector<double> ink = ink_grid(strokes_, kInkGrid);
  const std::vector<double> slopes = slope_grid(strokes_);
  for (int i = 0; i < kInkGrid * kInkGrid; ++i) {
    append("cell_" + std::to_string(i / kInkGrid) + "_" + std::to_string(i % kInkGrid),
           std::sqrt(ink[static_cast<std::size_t>(i)]));
  }
  for (int i = 0; i < kSlopeGrid * kSlopeGrid * kSlopeBins; ++i) {
    const int cell = i / kSlopeBins;
    append("cell_" + std::to_string(cell / kSlopeGrid) + "_" + std::to_string(cell % kSlopeGrid) +
               "_" + std::to_string(i % kSlopeBins),
           std::sqrt(slopes[static_cast<std::size_t>(i)]));
  }
}

}  // namespace

const std::vector<std::string>& stroke_attribute_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& [name, value] : Attributes({{{{0, 0}, {1, 1}}}}).take()) list.push_back(name);
    return list;
  }();
  return names;
}

std::vector<float> stroke_attributes(const PenDrawing& drawing) {
  std::vector<float> values;
  for (const auto& [name, value] : Attributes(drawing).take()) {
    values.push_back(static_cast<float>(value));
  }
  return values;
}

}  // namespace visavis
