#include "native/svg_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace visavis {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 400;
constexpr double kLeft = 64;
constexpr double kRight = 620;
constexpr double kTop = 20;
constexpr double kBottom = 344;

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", style,
                     x1, y1, x2, y2);
}

std::string text(double x, double y, const char* anchor, const std::string& content,
                 const char* style = "tick") {
  return fmt::format(R"(<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", style,
                     x, y, anchor, content);
}

std::string open_chart(const std::string& title) {
  return fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", kWidth, kHeight,
                     title);
}

std::string axis_titles(const std::string& x, const std::string& y) {
  return text(0.5 * (kLeft + kRight), kHeight - 12, "middle", x, "axis") +
         fmt::format(
             R"svg(<text transform="translate(16 {:.1f}) rotate(-90)" text-anchor="middle">{}</text>)svg",
             0.5 * (kTop + kBottom), y);
}

/// Rates from `least` to 1 along a logarithmic axis; smaller ones lie on its end.
struct LogAxis {
  double least;
  double from;
  double to;

  [[nodiscard]] double at(double rate) const {
    const double share = 1 - std::log(std::max(rate, least)) / std::log(least);
    return from + share * (to - from);
  }
};

/// A power of ten at or below the smallest rate that `pairs` can tell, 1e-2 at most.
double least_rate(std::size_t pairs) {
  const double exponent =
      std::ceil(std::log10(static_cast<double>(std::max<std::size_t>(1, pairs))));
  return std::pow(10.0, -std::clamp(exponent, 2.0, 6.0));
}

std::string percent(double rate) { return fmt::format("{:g}%", rate * 100); }

std::string log_grid(const LogAxis& x, const LogAxis& y) {
  std::string svg;
  for (double rate = 1; rate > x.least * 0.99; rate /= 10) {
    svg += line(x.at(rate), kTop, x.at(rate), kBottom, "grid");
    svg += text(x.at(rate), kBottom + 20, "middle", percent(rate));
  }
  for (double rate = 1; rate > y.least * 0.99; rate /= 10) {
    svg += line(kLeft, y.at(rate), kRight, y.at(rate), "grid");
    svg += text(kLeft - 8, y.at(rate) + 4, "end", percent(rate));
  }
  return svg;
}

/// The curve's steps, without points that would share a pixel.
std::string det_path(const std::vector<DetPoint>& det, const LogAxis& x, const LogAxis& y) {
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

std::string operating_mark(const OperatingPoint& point, const LogAxis& x, const LogAxis& y,
                           const std::string& label) {
  const double px = x.at(point.fmr.value);
  const double py = y.at(point.fnmr.value);
  return line(px, y.at(point.fnmr.low), px, y.at(point.fnmr.high), "whisker") +
         fmt::format(
             R"(<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="4.5"><title>{}</title></circle>)",
             px, py,
             fmt::format("{}: FNMR {:.4f} ({:.4f} to {:.4f}), distance below {:.4f}", label,
                         point.fnmr.value, point.fnmr.low, point.fnmr.high, point.threshold)) +
         text(px + 9, py - 8, "start", label, "label");
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

double x_of_distance(double distance) { return kLeft + distance / 2 * (kRight - kLeft); }

std::string histogram_path(const Histogram& shares, double highest, const char* style) {
  std::string path = fmt::format("M{:.1f} {:.1f}", kLeft, kBottom);
  for (std::size_t i = 0; i < kBins; ++i) {
    const double y = kBottom - shares[i] / highest * (kBottom - kTop);
    path +=
        fmt::format("V{:.1f}H{:.1f}", y, x_of_distance(2.0 * static_cast<double>(i + 1) / kBins));
  }
  return fmt::format(R"(<path class="{}" d="{}V{:.1f}Z"/>)", style, path, kBottom);
}

}  // namespace

std::string det_chart(const std::vector<DetPoint>& det, const Evaluation& evaluation) {
  const LogAxis x{least_rate(evaluation.impostor_pairs), kLeft, kRight};
  const LogAxis y{least_rate(evaluation.genuine_pairs), kBottom, kTop};
  std::string svg = open_chart("DET curve: false non-match rate over false match rate");
  svg += log_grid(x, y) + det_path(det, x, y);
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    if (kReportedFmrs[i].fmr * static_cast<double>(evaluation.impostor_pairs) < 1) continue;
    svg += operating_mark(evaluation.at_fmr[i], x, y, std::string("FMR ") + kReportedFmrs[i].label);
  }
  return svg + axis_titles("False match rate", "False non-match rate") + "</svg>";
}

std::string distance_histograms(const std::vector<LabelledPair>& pairs, double threshold) {
  const Histogram genuine = histogram_of(pairs, true);
  const Histogram impostor = histogram_of(pairs, false);
  const double highest = std::max({1e-9, *std::max_element(genuine.begin(), genuine.end()),
                                   *std::max_element(impostor.begin(), impostor.end())});
  std::string svg = open_chart("Histograms of the distances of genuine and impostor pairs");
  for (int i = 0; i <= 8; ++i) {
    const double distance = 0.25 * i;
    svg += line(x_of_distance(distance), kTop, x_of_distance(distance), kBottom, "grid");
    svg += text(x_of_distance(distance), kBottom + 20, "middle", fmt::format("{:g}", distance));
  }
  svg += text(kLeft - 8, kTop + 4, "end", fmt::format("{:.0f}%", highest * 100));
  svg += text(kLeft - 8, kBottom + 4, "end", "0%");
  svg +=
      histogram_path(genuine, highest, "genuine") + histogram_path(impostor, highest, "impostor");
  svg += line(x_of_distance(threshold), kTop, x_of_distance(threshold), kBottom, "threshold");
  svg += text(x_of_distance(threshold) - 6, kTop + 12, "end",
              fmt::format("threshold {:.3f}", threshold), "label");
  return svg + axis_titles("Distance", "Share of pairs") + "</svg>";
}

}  // namespace visavis
