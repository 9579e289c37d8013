#include "native/training/run/collapse_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace visavis {
namespace {

constexpr int kStepsToTell = 50;
constexpr double kLeastSpread = 0.1;
constexpr const char* kAdvice =
    "lower --lr, take mining=semi-hard or margin=soft for the first epochs, or add arcface to the "
    "loss";

bool looks_collapsed(const LossFigures& figures) {
  const auto active = figures.find("active triplets");
  const auto positive = figures.find("positive distance");
  const auto negative = figures.find("negative distance");
  if (active == figures.end() || positive == figures.end() || negative == figures.end()) {
    return false;
  }
  const double gap = std::abs(positive->second - negative->second);
  return active->second >= 0.99 && gap <= std::max(1e-3, 0.02 * negative->second);
}

}  // namespace

std::string CollapseDetector::see_step(const LossFigures& figures) {
  if (!looks_collapsed(figures)) {
    collapsed_steps_ = 0;
    return {};
  }
  if (++collapsed_steps_ != kStepsToTell) return {};
  return fmt::format(
      "the network looks collapsed: for {} steps every trio has been active, with positives as far "
      "away as negatives ({:.4f}); {}",
      kStepsToTell, figures.at("negative distance"), kAdvice);
}

std::string CollapseDetector::see_validation(double spread) const {
  if (spread >= kLeastSpread) return {};
  return fmt::format(
      "the network looks collapsed: the embeddings of people held out lie {:.4f} from their mean "
      "(of at most 1); {}",
      spread, kAdvice);
}

}  // namespace visavis
