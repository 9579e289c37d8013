#include "native/report/svg_histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "native/report/html_page.h"
#include "native/report/svg_canvas.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

constexpr double kLargestDistance = 2;

double bin_width_for(std::size_t pairs) {
  if (pairs >= 2000) return 0.02;
  return pairs >= 200 ? 0.05 : 0.1;
}

std::size_t total(const std::vector<std::size_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

std::vector<double> shares_of(const std::vector<std::size_t>& counts) {
  const double all = static_cast<double>(std::max<std::size_t>(1, total(counts)));
  std::vector<double> shares;
  shares.reserve(counts.size());
  for (const std::size_t count : counts) shares.push_back(static_cast<double>(count) / all);
  return shares;
}

double x_of_distance(double distance) {
  return kPlotLeft + distance / kLargestDistance * (kPlotRight - kPlotLeft);
}

std::string outline(const std::vector<double>& shares, double bin_width, const ValueAxis& y,
                    const char* style) {
  std::string path = fmt::format("M{:.1f} {:.1f}", kPlotLeft, kPlotBottom);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    path += fmt::format("V{:.1f}H{:.1f}", y.at(shares[i]),
                        x_of_distance(bin_width * static_cast<double>(i + 1)));
  }
  return fmt::format(R"(<path class="{}" d="{}V{:.1f}Z"/>)", style, path, kPlotBottom);
}

std::string histogram_grid(const ValueAxis& y) {
  std::string svg;
  for (int i = 0; i <= 8; ++i) {
    const double x = x_of_distance(0.25 * i);
    svg += svg_line(x, kPlotTop, x, kPlotBottom, "grid");
    svg += svg_text(x, kPlotBottom + 20, "middle", fmt::format("{:g}", 0.25 * i));
  }
  for (const double tick : y.ticks()) {
    svg += svg_line(kPlotLeft, y.at(tick), kPlotRight, y.at(tick), "grid");
    svg += svg_text(kPlotLeft - 8, y.at(tick) + 4, "end", fmt::format("{:g}%", tick * 100));
  }
  return svg;
}

}  // namespace

DistanceHistograms distance_histograms(const std::vector<LabelledPair>& pairs, double threshold) {
  std::size_t genuine = 0;
  std::size_t impostor = 0;
  for (const LabelledPair& pair : pairs) {
    if (pair.has_face) ++(pair.is_genuine ? genuine : impostor);
  }
  DistanceHistograms histograms;
  histograms.threshold = threshold;
  histograms.bin_width = bin_width_for(std::min(genuine, impostor));
  const auto bins = static_cast<std::size_t>(std::lround(kLargestDistance / histograms.bin_width));
  histograms.genuine.resize(bins);
  histograms.impostor.resize(bins);
  for (const LabelledPair& pair : pairs) {
    if (!pair.has_face) continue;
    const auto bin = static_cast<std::size_t>(std::max(0.0F, pair.distance) / kLargestDistance *
                                              static_cast<double>(bins));
    ++(pair.is_genuine ? histograms.genuine : histograms.impostor)[std::min(bins - 1, bin)];
  }
  return histograms;
}

std::string histogram_chart(const DistanceHistograms& histograms) {
  const std::vector<double> genuine = shares_of(histograms.genuine);
  const std::vector<double> impostor = shares_of(histograms.impostor);
  const double highest = std::max(*std::max_element(genuine.begin(), genuine.end()),
                                  *std::max_element(impostor.begin(), impostor.end()));
  const ValueAxis y(ValueAxis::Kind::kLinear, 0, std::max(0.01, highest), kPlotBottom, kPlotTop);
  const double at_threshold = x_of_distance(histograms.threshold);
  return open_svg_chart("Histograms of the distances of genuine and impostor pairs") +
         histogram_grid(y) + outline(genuine, histograms.bin_width, y, "genuine") +
         outline(impostor, histograms.bin_width, y, "impostor") +
         svg_line(at_threshold, kPlotTop - 4, at_threshold, kPlotBottom, "threshold") +
         svg_text(at_threshold, kPlotTop - 8, "middle",
                  fmt::format("threshold {:.3f}", histograms.threshold), "label") +
         svg_axis_titles("Distance",
                         fmt::format("Share of pairs in bins of {:g}", histograms.bin_width)) +
         "</svg>";
}

std::string histogram_key(const DistanceHistograms& histograms) {
  return html_key("g", counted(total(histograms.genuine), "pair", "pairs") + " of one person") +
         html_key("i",
                  counted(total(histograms.impostor), "pair", "pairs") + " of different people");
}

std::string histogram_csv(const DistanceHistograms& histograms) {
  std::string csv = "distance_from,distance_to,genuine_pairs,impostor_pairs\n";
  for (std::size_t i = 0; i < histograms.genuine.size(); ++i) {
    const auto bin = static_cast<double>(i);
    csv += fmt::format("{:g},{:g},{},{}\n", bin * histograms.bin_width,
                       (bin + 1) * histograms.bin_width, histograms.genuine[i],
                       histograms.impostor[i]);
  }
  return csv;
}

}  // namespace visavis
