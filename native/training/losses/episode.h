#pragma once

#include <cstddef>
#include <vector>

#include "native/training/losses/loss.h"

namespace visavis {

/// One few-shot task: tell the queries' classes from the support (Vinyals et al. 2016, section
/// 2.2). Classes are numbered 0..way-1 by first appearance in the support.
struct Episode {
  std::size_t way = 0;
  std::vector<std::size_t> support;  ///< Rows of the batch.
  std::vector<std::size_t> query;
  std::vector<std::size_t> support_class;  ///< 0..way-1, one per support row.
  std::vector<std::size_t> query_class;
  std::vector<std::size_t> shots;  ///< Support rows per class, each at least 1.
};

/// Splits a batch into support and queries; unlabelled rows are in neither part. Throws
/// kInvalidArgument where the batch is no episode (is_query missing, no support, no query) or a
/// query's class has no support.
Episode split_episode(const BatchLabels& labels);

/// Throws kInvalidArgument, naming the figure that is too small: an episode needs a way of at least
/// 2, a shot of at least 1 and at least 1 query per class.
void check_episode_plan(std::size_t way, std::size_t shot, std::size_t queries);

}  // namespace visavis
