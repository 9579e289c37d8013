#include "native/training/data/source_shares.h"

#include <cmath>

namespace visavis {
namespace {

/// About one half; not a simple fraction, so that for shares that are n * share + kOffset is never
/// a whole number, where rounding would decide.
constexpr double kOffset = 0.4651;

}  // namespace

SourceShares::SourceShares(std::size_t places, const std::vector<double>& weights)
    : places_(places), share_of_rest_(weights.size()), most_(weights.size()) {
  double weight_of_rest = 0;
  for (std::size_t i = weights.size(); i-- > 0;) {
    weight_of_rest += weights[i];
    share_of_rest_[i] = weights[i] / weight_of_rest;
  }
  // m places in a row hold at most ceil(m * share) of a source, and leave at most
  // ceil(m * (1 - share)). The margin is for rounding: 3 * (1 / 3) need not be 1.
  const auto whole = [](double count) { return std::ceil(count - 1e-9); };
  auto rest = static_cast<double>(places);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    most_[i] = static_cast<std::size_t>(whole(rest * share_of_rest_[i]));
    rest = whole(rest * (1 - share_of_rest_[i]));
  }
}

/// Of the first n places, source 0 gets floor(n * share + offset); the others share what it leaves,
/// in the same way. Each count rises with n, so no batch has a negative one.
std::vector<std::uint64_t> SourceShares::before(std::uint64_t step) const {
  std::vector<std::uint64_t> counts(share_of_rest_.size());
  std::uint64_t rest = step * places_;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double share = static_cast<double>(rest) * share_of_rest_[i];
    counts[i] =
        i + 1 == counts.size() ? rest : static_cast<std::uint64_t>(std::floor(share + kOffset));
    rest -= counts[i];
  }
  return counts;
}

}  // namespace visavis
