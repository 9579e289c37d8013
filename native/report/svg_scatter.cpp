#include "native/report/svg_scatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "native/report/html_page.h"

namespace visavis {
namespace {

constexpr double kWidth = 960;
constexpr double kHeight = 640;
constexpr double kMargin = 16;

/// From the points' coordinates to the drawing's, centred.
struct Fit {
  double scale = 1;
  Point centre;
};

Fit fit_points(const std::vector<ScatterPoint>& points) {
  float left = std::numeric_limits<float>::max();
  float top = left;
  float right = std::numeric_limits<float>::lowest();
  float bottom = right;
  for (const ScatterPoint& point : points) {
    left = std::min(left, point.at.x);
    right = std::max(right, point.at.x);
    top = std::min(top, point.at.y);
    bottom = std::max(bottom, point.at.y);
  }
  if (points.empty()) return {};
  const double across = (kWidth - 2 * kMargin) / std::max(1e-12, static_cast<double>(right) - left);
  const double down = (kHeight - 2 * kMargin) / std::max(1e-12, static_cast<double>(bottom) - top);
  return {std::min(across, down), {0.5F * (left + right), 0.5F * (top + bottom)}};
}

std::string dot(const ScatterPoint& point, const Fit& fit) {
  return fmt::format(
      R"(<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"><title>{}</title></circle>)",
      scatter_key_style(point.colour),
      0.5 * kWidth + fit.scale * (static_cast<double>(point.at.x) - fit.centre.x),
      0.5 * kHeight + fit.scale * (static_cast<double>(point.at.y) - fit.centre.y),
      point.colour < kScatterColours ? 5 : 3.5, escaped_html(point.name));
}

}  // namespace

std::string scatter_chart(const std::string& title, const std::vector<ScatterPoint>& points) {
  const Fit fit = fit_points(points);
  std::string svg =
      fmt::format(R"(<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}">)", kWidth,
                  kHeight, escaped_html(title));
  // Grey ones first: they must not cover those that are told apart.
  for (const bool is_grey : {true, false}) {
    for (const ScatterPoint& point : points) {
      if ((point.colour >= kScatterColours) == is_grey) svg += dot(point, fit);
    }
  }
  return svg + "</svg>";
}

std::string scatter_key_style(std::size_t colour) {
  return colour < kScatterColours ? "p" + std::to_string(colour) : "rest";
}

}  // namespace visavis
