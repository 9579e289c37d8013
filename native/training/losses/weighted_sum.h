#pragma once

#include <memory>
#include <string>
#include <vector>

#include "native/training/losses/loss.h"

namespace visavis {

template <class T>
struct WeightedLoss {
  std::string name;  ///< As in a loss spec; for the figures.
  double weight = 1;
  std::unique_ptr<Loss<T>> loss;
};

/// The sum of weight * loss over the terms; parameters are those of all terms, in order. Figures:
/// those of all terms, and "<name> loss", not weighted, for each. Ships the head of the first term
/// that has one.
template <class T>
std::unique_ptr<Loss<T>> make_weighted_sum(std::vector<WeightedLoss<T>> terms);

}  // namespace visavis
