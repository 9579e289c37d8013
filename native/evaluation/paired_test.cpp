#include "native/evaluation/paired_test.h"

#include <algorithm>
#include <map>

#include "core/base/error.h"
#include "core/rates/rate.h"

namespace visavis {
namespace {

bool is_right(const LabelledPair& pair, double threshold) {
  const bool is_match = static_cast<double>(pair.distance) < threshold;
  return pair.has_face && is_match == pair.is_genuine;
}

}  // namespace

double mcnemar_p_value(std::size_t b, std::size_t c) {
  const auto discordant = static_cast<double>(b + c);
  const auto smaller = static_cast<double>(std::min(b, c));
  if (b == c) return 1;
  // P(X <= k) = I_{1/2}(n - k, k + 1) for X of Binomial(n, 1/2): DLMF 8.17.5.
  return std::min(1.0, 2 * regularized_incomplete_beta(0.5, discordant - smaller, smaller + 1));
}

std::vector<bool> right_decisions(const std::vector<LabelledPair>& pairs, double threshold) {
  std::vector<bool> decisions;
  decisions.reserve(pairs.size());
  for (const LabelledPair& pair : pairs) decisions.push_back(is_right(pair, threshold));
  return decisions;
}

std::vector<bool> right_decisions_over_folds(const std::vector<LabelledPair>& pairs) {
  const std::map<int, double> thresholds = fold_thresholds(pairs);
  std::vector<bool> decisions;
  decisions.reserve(pairs.size());
  for (const LabelledPair& pair : pairs) {
    decisions.push_back(is_right(pair, thresholds.at(pair.fold)));
  }
  return decisions;
}

PairedTest compare_decisions(const std::vector<bool>& first, const std::vector<bool>& second) {
  if (first.size() != second.size()) {
    throw Error(ErrorCode::kInvalidArgument,
                "decisions on different pairs cannot be compared: both models need the same ones");
  }
  PairedTest test;
  test.pairs = first.size();
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first[i] && !second[i]) ++test.first_alone_right;
    if (second[i] && !first[i]) ++test.second_alone_right;
  }
  test.p_value = mcnemar_p_value(test.first_alone_right, test.second_alone_right);
  return test;
}

}  // namespace visavis
