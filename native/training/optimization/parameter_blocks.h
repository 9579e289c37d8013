#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "native/system/thread_pool.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// A part of one parameter, small enough that what an update touches stays in the first caches.
struct ParameterBlock {
  std::size_t parameter = 0;  ///< Which, in the list the blocks were cut from.
  std::size_t begin = 0;      ///< First element in it, a multiple of ParameterBlocks::kSize.
  std::size_t count = 0;      ///< Elements, at least 1.
  std::size_t index = 0;      ///< Which block this is, for partial sums.
};

/// Many parameters, most of them tiny and few huge, cut into blocks that threads share evenly. The
/// cuts do not depend on the thread count, so neither does what a vectorised loop over a block
/// computes (its head and tail round differently from its middle) nor the order of partial sums.
class ParameterBlocks {
 public:
  static constexpr std::size_t kSize = 4096;

  explicit ParameterBlocks(const std::vector<std::size_t>& element_counts) {
    for (std::size_t p = 0; p < element_counts.size(); ++p) {
      for (std::size_t begin = 0; begin < element_counts[p]; begin += kSize) {
        const std::size_t count = std::min(kSize, element_counts[p] - begin);
        blocks_.push_back({p, begin, count, blocks_.size()});
        starts_.push_back(elements_);
        elements_ += count;
      }
    }
  }

  [[nodiscard]] std::size_t size() const { return blocks_.size(); }

  /// Calls body(block) for each, spread over the threads by elements: a thread does the blocks that
  /// start in its share of the flat view.
  template <class Body>
  void for_each(ThreadPool& threads, const Body& body) const {
    threads.parallel_for(elements_, [&](int, std::size_t begin, std::size_t end) {
      const auto first = std::lower_bound(starts_.begin(), starts_.end(), begin);
      const auto last = std::lower_bound(first, starts_.end(), end);
      for (auto start = first; start != last; ++start) {
        body(blocks_[static_cast<std::size_t>(start - starts_.begin())]);
      }
    });
  }

 private:
  std::vector<ParameterBlock> blocks_;
  std::vector<std::size_t> starts_;  // Of each block, in a flat view of all parameters.
  std::size_t elements_ = 0;
};

/// Cut from all elements of the parameters, in their order.
inline ParameterBlocks blocks_of(const std::vector<TrainableParameter<float>*>& parameters) {
  std::vector<std::size_t> counts;
  counts.reserve(parameters.size());
  for (const TrainableParameter<float>* parameter : parameters) {
    counts.push_back(parameter->value.size());
  }
  return ParameterBlocks(counts);
}

/// The block's part of its parameter's array. A block starts at a multiple of 4096 elements in an
/// allocation that Eigen aligned.
inline Eigen::Map<Eigen::ArrayXf, Eigen::AlignedMax> values_of(Array<float>& array,
                                                               const ParameterBlock& block) {
  return {array.data() + block.begin, static_cast<Eigen::Index>(block.count)};
}
inline Eigen::Map<const Eigen::ArrayXf, Eigen::AlignedMax> values_of(const Array<float>& array,
                                                                     const ParameterBlock& block) {
  return {array.data() + block.begin, static_cast<Eigen::Index>(block.count)};
}

}  // namespace visavis
