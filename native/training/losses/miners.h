#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "native/training/layers/array.h"

namespace visavis {

/// Miners choose, within one batch of P people x K photos, what the losses compare. Each photo is
/// embedded once, however many trios or pairs use it: miners see only the distances [n, n] between
/// the rows of a batch and their labels. Rows with a negative label are never chosen. Ties go to
/// the lowest row, so that a batch always gives the same choice.

/// Rows of a batch: anchor and positive are different photos of one person, negative of another.
struct Trio {
  std::size_t anchor = 0;
  std::size_t positive = 0;
  std::size_t negative = 0;
};

enum class TrioMining {
  kRandom,    ///< For every anchor and positive, any negative.
  kSemiHard,  ///< For every anchor and positive, the closest negative that is farther than the
              ///< positive; where none is, the farthest negative. Schroff et al. 2015, section 3.2.
  kBatchHard  ///< For every anchor, its farthest positive and its closest negative. Hermans et al.
              ///< 2017, equation 5.
};

/// Empty where the batch has no anchor with both a positive and a negative. `random` is used by
/// kRandom only. Throws kInvalidArgument unless distances are [n, n] for n labels.
template <class T>
std::vector<Trio> mine_trios(TrioMining mining, const Array<T>& distances,
                             const std::vector<int>& labels, std::mt19937_64& random);

/// Two rows of a batch, first < second.
struct Pair {
  std::size_t first = 0;
  std::size_t second = 0;
  bool is_same = false;  ///< The same person.
};

enum class PairMining {
  kAll,     ///< Every pair of the batch.
  kRandom,  ///< Every pair of one person, and as many others at random.
  kHard     ///< Every pair of one person, and as many others: the closest.
};

/// Pairs of one person first. A batch in which everybody has one photo gives, whatever the mining,
/// all its pairs. Throws as mine_trios does.
template <class T>
std::vector<Pair> mine_pairs(PairMining mining, const Array<T>& distances,
                             const std::vector<int>& labels, std::mt19937_64& random);

/// Weights that sum to 1 over the pairs: one half for those of one person, one half for the others
/// (which are many more in a P x K batch), all for one kind where the other is missing.
struct PairWeights {
  double same = 0;
  double different = 0;
};
PairWeights balanced_pair_weights(const std::vector<Pair>& pairs);

/// The generator of one step of one run.
std::mt19937_64 step_random(std::uint64_t seed, std::uint64_t step);

}  // namespace visavis
