#include "native/evaluation/tail_fit.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace visavis {
namespace {

/// A shape nearer to 0 is an exponential tail: the formulas below would divide by it.
constexpr double kNoShape = 1e-9;

}  // namespace

double TailFit::false_match_rate(double distance) const {
  const double depth = (bound - distance) / scale;
  if (std::abs(shape) < kNoShape) return share * std::exp(-depth);
  return share * std::pow(std::max(0.0, 1 + shape * depth), -1 / shape);
}

double TailFit::threshold(double fmr) const {
  const double rest = std::log(fmr / share);
  const double depth = std::abs(shape) < kNoShape ? -rest : std::expm1(-shape * rest) / shape;
  return bound - scale * depth;
}

TailFit fit_lower_tail(const std::vector<WeightedDistance>& distances, double share) {
  double all = 0;
  for (const WeightedDistance& pair : distances) all += pair.weight;
  std::vector<WeightedDistance> tail;  // Of some weight each.
  double within = 0;
  auto next = distances.begin();
  for (; next != distances.end() && within < share * all; ++next) {
    if (next->weight > 0) tail.push_back(*next);
    within += next->weight;
  }
  if (tail.size() < kFewestTailPairs || next == distances.end()) {
    refuse("too few pairs of strangers to fit the tail of their distances: give more photos");
  }
  TailFit fit;
  fit.bound = next->distance;
  fit.share = within / all;
  // Moments of the depth below the bound: its mean, and the mean of it times the share of the tail
  // that is deeper.
  double mean = 0, weighted = 0, deeper = 0;
  for (const WeightedDistance& pair : tail) {
    const double depth = fit.bound - pair.distance;
    mean += pair.weight * depth / within;
    weighted += pair.weight * depth * (deeper + pair.weight / 2) / (within * within);
    deeper += pair.weight;
  }
  const double difference = mean - 2 * weighted;
  if (!(difference > 0)) refuse("the nearest strangers are all equally far apart: no tail to fit");
  fit.shape = 2 - mean / difference;
  fit.scale = 2 * mean * weighted / difference;
  return fit;
}

}  // namespace visavis
