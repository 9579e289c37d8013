#include "core/drawing/stroke_topology.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

namespace visavis {
namespace {

/// A point of the drawing and where on its stroke it lies.
struct Sample {
  Point at;
  std::size_t stroke = 0;
  std::size_t index = 0;
};

double squared_distance(const Point& a, const Point& b) {
  const double dx = static_cast<double>(a.x) - b.x;
  const double dy = static_cast<double>(a.y) - b.y;
  return dx * dx + dy * dy;
}

/// Disjoint sets with path halving (Tarjan and van Leeuwen 1984).
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t find(std::size_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

/// Samples along a stroke that are no contact of their own: what lies nearer along the path than
/// this is near anyway. Three touch distances let a corner be sharp without touching itself.
constexpr auto kNeighbours = static_cast<std::size_t>(3 * kTouchDistance / kTopologyStep);

class Contacts {
 public:
  explicit Contacts(const PenDrawing& drawing) : strokes_(drawing.strokes.size()) {
    for (std::size_t s = 0; s < drawing.strokes.size(); ++s) {
      for (std::size_t i = 0; i < drawing.strokes[s].size(); ++i) {
        samples_.push_back({drawing.strokes[s][i], s, i});
      }
    }
    find_contacts();
  }

  [[nodiscard]] StrokeTopology count() {
    StrokeTopology topology;
    count_ends(topology);
    count_junctions(topology);
    count_pieces(topology);
    return topology;
  }

 private:
  void find_contacts();
  [[nodiscard]] bool is_end(std::size_t sample) const {
    return samples_[sample].index == 0 || sample + 1 == samples_.size() ||
           samples_[sample + 1].stroke != samples_[sample].stroke;
  }
  void count_ends(StrokeTopology& topology) const;
  void count_junctions(StrokeTopology& topology);
  void count_pieces(StrokeTopology& topology) const;
  std::map<std::size_t, int> branches_of_places();

  std::size_t strokes_;
  std::vector<Sample> samples_;
  std::vector<std::pair<std::size_t, std::size_t>> contacts_;  ///< Of samples.
  std::vector<std::uint8_t> touches_;                          ///< Whether in any contact.
};

void Contacts::find_contacts() {
  touches_.assign(samples_.size(), 0);
  for (std::size_t a = 0; a < samples_.size(); ++a) {
    for (std::size_t b = a + 1; b < samples_.size(); ++b) {
      const bool is_same_stroke = samples_[a].stroke == samples_[b].stroke;
      if (is_same_stroke && b - a <= kNeighbours) continue;
      if (squared_distance(samples_[a].at, samples_[b].at) > kTouchDistance * kTouchDistance) {
        continue;
      }
      contacts_.emplace_back(a, b);
      touches_[a] = touches_[b] = 1;
    }
  }
}

void Contacts::count_ends(StrokeTopology& topology) const {
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    // A dot's two ends are one sample: it counts as one.
    if (is_end(i) && touches_[i] == 0) ++topology.end_points;
  }
}

/// Contacts that hang together are one place; its branches are the ways by which strokes leave it.
std::map<std::size_t, int> Contacts::branches_of_places() {
  DisjointSets places(samples_.size());
  for (const auto& [a, b] : contacts_) places.join(a, b);
  for (std::size_t i = 1; i < samples_.size(); ++i) {
    const bool is_same_stroke = samples_[i].stroke == samples_[i - 1].stroke;
    if (is_same_stroke && touches_[i] != 0 && touches_[i - 1] != 0) places.join(i, i - 1);
  }
  std::map<std::size_t, int> branches;
  for (std::size_t i = 1; i < samples_.size(); ++i) {
    if (samples_[i].stroke != samples_[i - 1].stroke || touches_[i] == touches_[i - 1]) continue;
    ++branches[places.find(touches_[i] != 0 ? i : i - 1)];
  }
  return branches;
}

void Contacts::count_junctions(StrokeTopology& topology) {
  for (const auto& [place, branches] : branches_of_places()) {
    if (branches >= 3) ++topology.junctions;
    if (branches >= 4) ++topology.crossings;
  }
}

void Contacts::count_pieces(StrokeTopology& topology) const {
  DisjointSets pieces(strokes_);
  for (const auto& [a, b] : contacts_) pieces.join(samples_[a].stroke, samples_[b].stroke);
  for (std::size_t s = 0; s < strokes_; ++s) {
    if (pieces.find(s) == s) ++topology.pieces;
  }
}

// Loops
// --------------------------------------------------------------------------------------------

/// Cells of a raster over the drawing with a margin that joins the outside all round.
constexpr int kCells = 72;
constexpr double kMargin = 0.1;
constexpr double kCellSide = (1 + 2 * kMargin) / kCells;
/// Smaller enclosed areas are where two lines lie side by side.
constexpr double kSmallestLoop = 0.003;

using Raster = std::vector<std::uint8_t>;

/// Cells within half the touch distance of a line: gaps up to the touch distance close.
Raster draw(const PenDrawing& drawing) {
  Raster raster(static_cast<std::size_t>(kCells) * kCells, 0);
  constexpr double kReach = kTouchDistance / 2 + kTopologyStep / 2;
  constexpr int kReachCells = static_cast<int>(kReach / kCellSide) + 1;
  for (const auto& stroke : drawing.strokes) {
    for (const Point& point : stroke) {
      const double x = (point.x + kMargin) / kCellSide;
      const double y = (point.y + kMargin) / kCellSide;
      for (int row = static_cast<int>(y) - kReachCells; row <= y + kReachCells; ++row) {
        for (int column = static_cast<int>(x) - kReachCells; column <= x + kReachCells; ++column) {
          if (row < 0 || column < 0 || row >= kCells || column >= kCells) continue;
          if (std::hypot(column + 0.5 - x, row + 0.5 - y) * kCellSide > kReach) continue;
          raster[static_cast<std::size_t>(row * kCells + column)] = 1;
        }
      }
    }
  }
  return raster;
}

/// Marks the empty area round `start` and returns its cells.
int fill(Raster& raster, int start) {
  std::vector<int> open{start};
  raster[static_cast<std::size_t>(start)] = 1;
  int cells = 0;
  while (!open.empty()) {
    const int cell = open.back();
    open.pop_back();
    ++cells;
    const int row = cell / kCells;
    const int column = cell % kCells;
    // Four neighbours: an empty area does not leak through a diagonal line.
    for (const auto& [r, c] : {std::pair{row - 1, column}, std::pair{row + 1, column},
                               std::pair{row, column - 1}, std::pair{row, column + 1}}) {
      if (r < 0 || c < 0 || r >= kCells || c >= kCells) continue;
      auto& neighbour = raster[static_cast<std::size_t>(r * kCells + c)];
      if (neighbour == 0) open.push_back(r * kCells + c);
      neighbour = 1;
    }
  }
  return cells;
}

void count_loops(const PenDrawing& drawing, StrokeTopology& topology) {
  Raster raster = draw(drawing);
  fill(raster, 0);  // The outside; the margin keeps its corner empty.
  for (int cell = 0; cell < kCells * kCells; ++cell) {
    if (raster[static_cast<std::size_t>(cell)] != 0) continue;
    const double area = fill(raster, cell) * kCellSide * kCellSide;
    if (area < kSmallestLoop) continue;
    ++topology.loops;
    topology.enclosed_area += area;
  }
}

}  // namespace

StrokeTopology stroke_topology(const PenDrawing& drawing) {
  StrokeTopology topology = Contacts(drawing).count();
  count_loops(drawing, topology);
  for (const auto& stroke : drawing.strokes) {
    // Closed by more than being short.
    if (stroke.size() > kNeighbours &&
        squared_distance(stroke.front(), stroke.back()) <= kTouchDistance * kTouchDistance) {
      ++topology.closed_strokes;
    }
  }
  return topology;
}

}  // namespace visavis
