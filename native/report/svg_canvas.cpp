#include "native/report/svg_canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/rates/quantiles.h"

namespace visavis {
namespace {

/// 1, 2 or 5 times a power of ten, so that `range` holds about five steps.
double round_step(double range) {
  const double rough = range / 5;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double leading = rough / power;
  return power * (leading < 1.5 ? 1 : leading < 3.5 ? 2 : leading < 7.5 ? 5 : 10);
}

}  // namespace

std::string svg_line(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", style,
                     x1, y1, x2, y2);
}

std::string svg_text(double x, double y, const char* anchor, const std::string& content,
                     const char* style) {
  return fmt::format(R"(<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", style,
                     x, y, anchor, content);
}

std::string open_svg_chart(const std::string& title, double height) {
  return fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", kChartWidth, height,
                     title);
}

std::string svg_axis_titles(const std::string& x, const std::string& y) {
  return svg_text(0.5 * (kPlotLeft + kPlotRight), kChartHeight - 12, "middle", x, "axis") +
         fmt::format(
             R"svg(<text transform="translate(16 {:.1f}) rotate(-90)" text-anchor="middle">{}</text>)svg",
             0.5 * (kPlotTop + kPlotBottom), y);
}

DeviateAxis::DeviateAxis(double low, double high, double from, double to)
    : low_(low),
      high_(high),
      low_deviate_(normal_deviate(low)),
      high_deviate_(normal_deviate(high)),
      from_(from),
      to_(to) {}

double DeviateAxis::at(double rate) const {
  const double deviate = normal_deviate(std::clamp(rate, low_, high_));
  return from_ + (deviate - low_deviate_) / (high_deviate_ - low_deviate_) * (to_ - from_);
}

std::vector<double> DeviateAxis::ticks() const {
  std::vector<double> ticks;
  constexpr double kRounding = 1e-9;
  for (const double rate : {1e-6, 1e-5, 1e-4, 1e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.5}) {
    if (rate >= low_ * (1 - kRounding) && rate <= high_ * (1 + kRounding)) ticks.push_back(rate);
  }
  return ticks;
}

ValueAxis::ValueAxis(Kind kind, double low, double high, double from, double to)
    : kind_(kind), low_(low), high_(high), from_(from), to_(to) {
  if (!(std::isfinite(low) && std::isfinite(high) && low <= high)) low_ = high_ = 1;
  if (kind == Kind::kLogarithmic) {
    low_ = std::pow(10.0, std::floor(std::log10(std::max(low_, 1e-12)) + 1e-9));
    high_ = std::pow(10.0, std::ceil(std::log10(std::max(high_, 1e-12)) - 1e-9));
    if (!(high_ > low_)) high_ = 10 * low_;
    return;
  }
  // A range that rounding alone accounts for is none.
  const double least = std::max(1e-9, 1e-6 * std::max(std::abs(low_), std::abs(high_)));
  if (high_ - low_ < least) {
    const double margin = std::max(0.5 * std::abs(high_), 10 * least);
    low_ -= margin;
    high_ += margin;
  }
  step_ = round_step(high_ - low_);
  low_ = step_ * std::floor(low_ / step_ + 1e-9);
  high_ = step_ * std::ceil(high_ / step_ - 1e-9);
}

ValueAxis ValueAxis::exactly(double low, double high, double from, double to) {
  ValueAxis axis;
  axis.low_ = low;
  axis.high_ = high > low ? high : low + 1;
  axis.step_ = round_step(axis.high_ - axis.low_);
  axis.from_ = from;
  axis.to_ = to;
  return axis;
}

double ValueAxis::at(double value) const {
  double share = (value - low_) / (high_ - low_);
  if (kind_ == Kind::kLogarithmic) {
    share = std::log(std::max(value, low_) / low_) / std::log(high_ / low_);
  }
  return from_ + std::clamp(share, 0.0, 1.0) * (to_ - from_);
}

std::vector<double> ValueAxis::ticks() const {
  std::vector<double> ticks;
  if (kind_ == Kind::kLogarithmic) {
    const auto decades = static_cast<int>(std::lround(std::log10(high_ / low_)));
    for (int i = 0; i <= decades; i += std::max(1, decades / 6)) {
      ticks.push_back(low_ * std::pow(10.0, i));
      if (decades > 2 || i == decades) continue;
      for (const int between : {2, 5}) ticks.push_back(between * low_ * std::pow(10.0, i));
    }
    return ticks;
  }
  for (double k = std::ceil(low_ / step_ - 1e-9); k * step_ <= high_ + 1e-9 * step_; ++k) {
    ticks.push_back(k == 0 ? 0 : k * step_);  // no minus zero
  }
  return ticks;
}

}  // namespace visavis
