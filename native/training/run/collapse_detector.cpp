#include "native/training/run/collapse_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace visavis {
namespace {

constexpr int kStepsToTell = 50;
constexpr double kMinSpread = 0.1;
constexpr double kAllActive = 0.99;
/// Of unit embeddings, which lie sqrt(2) apart where they have nothing in common.
constexpr double kNearNegative = 0.2;
constexpr double kNearPositive = 0.4;
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
  if (active->second < kAllActive) return false;
  const double gap = std::abs(positive->second - negative->second);
  const bool is_level = gap <= std::max(1e-3, 0.02 * negative->second);
  // The hardest of a batch differ even where all embeddings lie within a small ball.
  const bool is_a_small_ball =
      negative->second <= kNearNegative && positive->second <= kNearPositive;
  return is_level || is_a_small_ball;
}

}  // namespace

std::string CollapseDetector::see_step(const LossFigures& figures) {
  if (!looks_collapsed(figures)) {
    collapsed_steps_ = 0;
    return {};
  }
  if (++collapsed_steps_ != kStepsToTell) return {};
  return fmt::format(
      "the network looks collapsed: for {} steps every trio has been active, with positives "
      "({:.4f} away) no nearer than negatives ({:.4f}); {}",
      kStepsToTell, figures.at("positive distance"), figures.at("negative distance"), kAdvice);
}

std::string CollapseDetector::see_validation(double spread) const {
  if (spread >= kMinSpread) return {};
  return fmt::format(
      "the network looks collapsed: the embeddings of people held out lie {:.4f} from their mean "
      "(of at most 1); {}",
      spread, kAdvice);
}

}  // namespace visavis
