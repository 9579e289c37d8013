#include "core/drawing/grey_plane.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace visavis {
namespace {

constexpr std::size_t kBins = 256;

GreyPlane transposed(const GreyPlane& plane) {
  GreyPlane turned(plane.height, plane.width);
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      turned.values[turned.index(y, x)] = plane.values[plane.index(x, y)];
    }
  }
  return turned;
}

/// `combine` gets the values of one row within `radius` of each pixel.
template <class Combine>
GreyPlane along_rows(const GreyPlane& plane, int radius, Combine combine) {
  GreyPlane result(plane.width, plane.height);
  for (int y = 0; y < plane.height; ++y) {
    const float* row = plane.values.data() + plane.index(0, y);
    for (int x = 0; x < plane.width; ++x) {
      const float* begin = row + std::max(0, x - radius);
      const float* end = row + std::min(plane.width, x + radius + 1);
      result.values[result.index(x, y)] = combine(begin, end);
    }
  }
  return result;
}

/// Both filters are a pass along the rows and one along the columns.
template <class Combine>
GreyPlane filtered(const GreyPlane& plane, int radius, Combine combine) {
  const GreyPlane columns = along_rows(transposed(plane), radius, combine);
  return along_rows(transposed(columns), radius, combine);
}

double bin_centre(std::size_t bin) { return (static_cast<double>(bin) + 0.5) / kBins; }

std::array<double, kBins> histogram(const std::vector<float>& values) {
  std::array<double, kBins> counts{};
  for (const float value : values) {
    const double bin = std::floor(static_cast<double>(value) * kBins);
    counts[static_cast<std::size_t>(std::clamp(bin, 0.0, kBins - 1.0))] += 1;
  }
  return counts;
}

/// Appends the neighbours of the pixel that lie above the threshold and were not seen yet.
void add_neighbours(const GreyPlane& plane, double threshold, std::size_t pixel,
                    std::vector<bool>& seen, std::vector<std::size_t>& part) {
  const auto width = static_cast<std::size_t>(plane.width);
  const int x = static_cast<int>(pixel % width);
  const int y = static_cast<int>(pixel / width);
  for (int ny = std::max(0, y - 1); ny <= std::min(plane.height - 1, y + 1); ++ny) {
    for (int nx = std::max(0, x - 1); nx <= std::min(plane.width - 1, x + 1); ++nx) {
      const std::size_t neighbour = plane.index(nx, ny);
      if (seen[neighbour] || !(plane.values[neighbour] > threshold)) continue;
      seen[neighbour] = true;
      part.push_back(neighbour);
    }
  }
}

}  // namespace

GreyPlane maximum_filtered(const GreyPlane& plane, int radius) {
  return filtered(plane, radius, [](const float* begin, const float* end) {
    return *std::max_element(begin, end);
  });
}

GreyPlane mean_filtered(const GreyPlane& plane, int radius) {
  return filtered(plane, radius, [](const float* begin, const float* end) {
    return static_cast<float>(std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin));
  });
}

Split otsu_split(const std::vector<float>& values) {
  const std::array<double, kBins> counts = histogram(values);
  double all = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) all += counts[bin] * bin_centre(bin);
  Split best;
  double best_spread = -1, low = 0, low_sum = 0;
  for (std::size_t bin = 0; bin < kBins - 1; ++bin) {
    low += counts[bin];
    low_sum += counts[bin] * bin_centre(bin);
    const double high = static_cast<double>(values.size()) - low;
    if (low == 0 || high == 0) continue;
    const double low_mean = low_sum / low, high_mean = (all - low_sum) / high;
    const double spread = low * high * (high_mean - low_mean) * (high_mean - low_mean);
    if (spread <= best_spread) continue;
    best_spread = spread;
    best = {static_cast<double>(bin + 1) / kBins, low_mean, high_mean};
  }
  return best;
}

std::vector<std::vector<std::size_t>> parts_above(const GreyPlane& plane, double threshold) {
  std::vector<bool> seen(plane.values.size());
  std::vector<std::vector<std::size_t>> parts;
  for (std::size_t start = 0; start < plane.values.size(); ++start) {
    if (seen[start] || !(plane.values[start] > threshold)) continue;
    seen[start] = true;
    std::vector<std::size_t> part{start};
    for (std::size_t next = 0; next < part.size(); ++next) {
      add_neighbours(plane, threshold, part[next], seen, part);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

double sample_at(const GreyPlane& plane, double x, double y) {
  const double left = std::floor(x - 0.5), top = std::floor(y - 0.5);
  const double u = x - 0.5 - left, v = y - 0.5 - top;
  const auto at = [&](double column, double row) {
    const bool is_inside = column >= 0 && row >= 0 && column < plane.width && row < plane.height;
    if (!is_inside) return 0.0;
    return static_cast<double>(
        plane.values[plane.index(static_cast<int>(column), static_cast<int>(row))]);
  };
  const double upper = at(left, top) * (1 - u) + at(left + 1, top) * u;
  const double lower = at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u;
  return upper * (1 - v) + lower * v;
}

}  // namespace visavis
