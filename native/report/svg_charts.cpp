#include "native/report/svg_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "native/report/svg_canvas.h"

namespace visavis {
namespace {

/// A power of ten at or below the smallest rate that `pairs` can tell, 1e-2 at most.
double least_rate(std::size_t pairs) {
  const double exponent =
      std::ceil(std::log10(static_cast<double>(std::max<std::size_t>(1, pairs))));
  return std::pow(10.0, -std::clamp(exponent, 2.0, 6.0));
}

std::string percent(double rate) { return fmt::format("{:g}%", rate * 100); }

std::string log_grid(const RateAxis& x, const RateAxis& y) {
  std::string svg;
  for (double rate = 1; rate > x.least * 0.99; rate /= 10) {
    svg += svg_line(x.at(rate), kPlotTop, x.at(rate), kPlotBottom, "grid");
    svg += svg_text(x.at(rate), kPlotBottom + 20, "middle", percent(rate));
  }
  for (double rate = 1; rate > y.least * 0.99; rate /= 10) {
    svg += svg_line(kPlotLeft, y.at(rate), kPlotRight, y.at(rate), "grid");
    svg += svg_text(kPlotLeft - 8, y.at(rate) + 4, "end", percent(rate));
  }
  return svg;
}

/// The curve's steps, without points that would share a pixel.
std::string det_path(const std::vector<DetPoint>& det, const RateAxis& x, const RateAxis& y) {
  std::string path;
  double last_x = -1;
  double last_y = -1;
  for (const DetPoint& point : det) {
    const double px = x.at(point.fmr);
    const double py = y.at(point.fnmr);
    if (std::abs(px - last_x) < 0.5 && std::abs(py - last_y) < 0.5) continue;
    path += path.empty() ? fmt::format("M{:.1f} {:.1f}", px, py)
                         : fmt::format("H{:.1f}V{:.1f}", px, py);
    last_x = px;
    last_y = py;
  }
  return fmt::format(R"(<path class="curve" d="{}"/>)", path);
}

std::string operating_mark(const OperatingPoint& point, const RateAxis& x, const RateAxis& y,
                           const std::string& label) {
  const double px = x.at(point.fmr.value);
  const double py = y.at(point.fnmr.value);
  return svg_line(px, y.at(point.fnmr.low), px, y.at(point.fnmr.high), "whisker") +
         fmt::format(
             R"(<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="4.5"><title>{}</title></circle>)",
             px, py,
             fmt::format("{}: FNMR {:.4f} ({:.4f} to {:.4f}), distance below {:.4f}", label,
                         point.fnmr.value, point.fnmr.low, point.fnmr.high, point.threshold)) +
         svg_text(px + 9, py - 8, "start", label, "label");
}

constexpr std::size_t kBins = 100;
using Histogram = std::array<double, kBins>;

Histogram histogram_of(const std::vector<LabelledPair>& pairs, bool is_genuine) {
  Histogram shares{};
  double count = 0;
  for (const LabelledPair& pair : pairs) {
    if (pair.is_genuine != is_genuine || !pair.has_face) continue;
    const auto bin = static_cast<std::size_t>(std::max(0.0F, pair.distance) / 2 * kBins);
    ++shares[std::min(kBins - 1, bin)];
    ++count;
  }
  for (double& share : shares) share /= std::max(1.0, count);
  return shares;
}

double x_of_distance(double distance) {
  return kPlotLeft + distance / 2 * (kPlotRight - kPlotLeft);
}

std::string histogram_path(const Histogram& shares, double highest, const char* style) {
  std::string path = fmt::format("M{:.1f} {:.1f}", kPlotLeft, kPlotBottom);
  for (std::size_t i = 0; i < kBins; ++i) {
    const double y = kPlotBottom - shares[i] / highest * (kPlotBottom - kPlotTop);
    path +=
        fmt::format("V{:.1f}H{:.1f}", y, x_of_distance(2.0 * static_cast<double>(i + 1) / kBins));
  }
  return fmt::format(R"(<path class="{}" d="{}V{:.1f}Z"/>)", style, path, kPlotBottom);
}

}  // namespace

std::string det_chart(const std::vector<DetPoint>& det, std::size_t genuine_pairs,
                      std::size_t impostor_pairs, const std::vector<DetMark>& marks) {
  const RateAxis x{least_rate(impostor_pairs), kPlotLeft, kPlotRight};
  const RateAxis y{least_rate(genuine_pairs), kPlotBottom, kPlotTop};
  std::string svg = open_svg_chart("DET curve: false non-match rate over false match rate");
  svg += log_grid(x, y) + det_path(det, x, y);
  for (const DetMark& mark : marks) svg += operating_mark(mark.point, x, y, mark.label);
  return svg + svg_axis_titles("False match rate", "False non-match rate") + "</svg>";
}

std::string distance_histograms(const std::vector<LabelledPair>& pairs, double threshold) {
  const Histogram genuine = histogram_of(pairs, true);
  const Histogram impostor = histogram_of(pairs, false);
  const double highest = std::max({1e-9, *std::max_element(genuine.begin(), genuine.end()),
                                   *std::max_element(impostor.begin(), impostor.end())});
  std::string svg = open_svg_chart("Histograms of the distances of genuine and impostor pairs");
  for (int i = 0; i <= 8; ++i) {
    const double distance = 0.25 * i;
    svg +=
        svg_line(x_of_distance(distance), kPlotTop, x_of_distance(distance), kPlotBottom, "grid");
    svg += svg_text(x_of_distance(distance), kPlotBottom + 20, "middle",
                    fmt::format("{:g}", distance));
  }
  svg += svg_text(kPlotLeft - 8, kPlotTop + 4, "end", fmt::format("{:.0f}%", highest * 100));
  svg += svg_text(kPlotLeft - 8, kPlotBottom + 4, "end", "0%");
  svg +=
      histogram_path(genuine, highest, "genuine") + histogram_path(impostor, highest, "impostor");
  svg += svg_line(x_of_distance(threshold), kPlotTop, x_of_distance(threshold), kPlotBottom,
                  "threshold");
  svg += svg_text(x_of_distance(threshold) - 6, kPlotTop + 12, "end",
                  fmt::format("threshold {:.3f}", threshold), "label");
  return svg + svg_axis_titles("Distance", "Share of pairs") + "</svg>";
}

}  // namespace visavis
