#include "native/training/losses/miners.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

using Rows = std::vector<std::size_t>;

void check_distances(const Shape& shape, std::size_t rows) {
  if (shape == Shape{rows, rows}) return;
  throw Error(ErrorCode::kInvalidArgument, "mining: distances are " + to_string(shape) + " for " +
                                               std::to_string(rows) +
                                               " labels; give the distances between all rows");
}

template <class T>
std::optional<std::size_t> closest(const T* distances, const Rows& rows, T farther_than = T(-1)) {
  std::optional<std::size_t> best;
  for (const std::size_t row : rows) {
    if (distances[row] <= farther_than) continue;
    if (!best || distances[row] < distances[*best]) best = row;
  }
  return best;
}

template <class T>
std::size_t farthest(const T* distances, const Rows& rows) {
  std::size_t best = rows.front();
  for (const std::size_t row : rows) {
    if (distances[row] > distances[best]) best = row;
  }
  return best;
}

template <class T>
std::size_t negative_for(TrioMining mining, const T* distances, std::size_t positive,
                         const Rows& negatives, std::mt19937_64& random) {
  if (mining == TrioMining::kRandom) return negatives[random() % negatives.size()];
  return closest(distances, negatives, distances[positive])
      .value_or(farthest(distances, negatives));
}

/// Keeps as many as `count` of the pairs: the closest, the hardest to tell apart.
template <class T>
void keep_closest(std::vector<Pair>& pairs, std::size_t count, const Array<T>& distances,
                  std::size_t n) {
  const auto key = [&](const Pair& pair) {
    const T distance = distances[pair.first * n + pair.second];
    return std::isnan(distance) ? T(-1) : distance;  // Sorting needs an order.
  };
  const auto is_closer = [&](const Pair& a, const Pair& b) {
    const T of_a = key(a);
    const T of_b = key(b);
    if (of_a != of_b) return of_a < of_b;
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  };
  std::partial_sort(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(count), pairs.end(),
                    is_closer);
  pairs.resize(count);
}

void keep_random(std::vector<Pair>& pairs, std::size_t count, std::mt19937_64& random) {
  draw_to_front(pairs, count, random);
  pairs.resize(count);
}

}  // namespace

template <class T>
std::vector<Trio> mine_trios(TrioMining mining, const Array<T>& distances,
                             const std::vector<int>& labels, std::mt19937_64& random) {
  const std::size_t n = labels.size();
  check_distances(distances.shape(), n);
  std::vector<Trio> trios;
  Rows positives;
  Rows negatives;
  for (std::size_t anchor = 0; anchor < n; ++anchor) {
    if (labels[anchor] < 0) continue;
    positives.clear();
    negatives.clear();
    for (std::size_t row = 0; row < n; ++row) {
      if (row == anchor || labels[row] < 0) continue;
      (labels[row] == labels[anchor] ? positives : negatives).push_back(row);
    }
    if (positives.empty() || negatives.empty()) continue;
    const T* from_anchor = distances.data() + anchor * n;
    if (mining == TrioMining::kBatchHard) {
      trios.push_back({anchor, farthest(from_anchor, positives), *closest(from_anchor, negatives)});
      continue;
    }
    for (const std::size_t positive : positives) {
      trios.push_back(
          {anchor, positive, negative_for(mining, from_anchor, positive, negatives, random)});
    }
  }
  return trios;
}

template <class T>
std::vector<Pair> mine_pairs(PairMining mining, const Array<T>& distances,
                             const std::vector<int>& labels, std::mt19937_64& random) {
  const std::size_t n = labels.size();
  check_distances(distances.shape(), n);
  std::vector<Pair> pairs;
  std::vector<Pair> others;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      if (labels[i] < 0 || labels[j] < 0) continue;
      const bool is_same = labels[i] == labels[j];
      (is_same ? pairs : others).push_back({i, j, is_same});
    }
  }
  if (!pairs.empty() && pairs.size() < others.size()) {
    if (mining == PairMining::kHard) keep_closest(others, pairs.size(), distances, n);
    if (mining == PairMining::kRandom) keep_random(others, pairs.size(), random);
  }
  pairs.insert(pairs.end(), others.begin(), others.end());
  return pairs;
}

PairWeights balanced_pair_weights(const std::vector<Pair>& pairs) {
  const auto same = static_cast<std::size_t>(
      std::count_if(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.is_same; }));
  const std::size_t different = pairs.size() - same;
  const double share = same > 0 && different > 0 ? 0.5 : 1;
  return {same > 0 ? share / static_cast<double>(same) : 0,
          different > 0 ? share / static_cast<double>(different) : 0};
}

std::mt19937_64 step_random(std::uint64_t seed, std::uint64_t step) {
  std::seed_seq both{seed & 0xffffffffu, seed >> 32, step & 0xffffffffu, step >> 32};
  return std::mt19937_64(both);
}

#define VISAVIS_INSTANTIATE(T)                                                                   \
  template std::vector<Trio> mine_trios<T>(TrioMining, const Array<T>&, const std::vector<int>&, \
                                           std::mt19937_64&);                                    \
  template std::vector<Pair> mine_pairs<T>(PairMining, const Array<T>&, const std::vector<int>&, \
                                           std::mt19937_64&);
VISAVIS_INSTANTIATE(float)
VISAVIS_INSTANTIATE(double)
#undef VISAVIS_INSTANTIATE

}  // namespace visavis
