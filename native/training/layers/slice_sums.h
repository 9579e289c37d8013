#pragma once

#include <cstddef>

#include "native/training/layers/array.h"

namespace visavis {

/// Gradients summed per slice of a parallel loop, then added in slice order: no races, and the same
/// rounding in every run with the same number of threads.
template <class T>
class SliceSums {
 public:
  void reset(int slices, std::size_t count) {
    count_ = count;
    slices_ = static_cast<std::size_t>(slices);
    sums_.resize({slices_, count});
    sums_.fill(T(0));
  }
  T* slice(int i) { return sums_.data() + static_cast<std::size_t>(i) * count_; }
  void add_to(T* target) const {
    for (std::size_t s = 0; s < slices_; ++s) {
      const T* from = sums_.data() + s * count_;
      for (std::size_t i = 0; i < count_; ++i) target[i] += from[i];
    }
  }

 private:
  std::size_t count_ = 0;
  std::size_t slices_ = 0;
  Array<T> sums_;
};

}  // namespace visavis
