#pragma once

#include <vector>

#include "core/image/image.h"
#include "core/model/model.h"
#include "core/network/tensor.h"

namespace visavis {

struct ValueRange {
  float low = 0;
  float high = 0;
};

/// A network that puts out all of its values.
NetworkSpec with_all_outputs(NetworkSpec network);

/// By ValueId, the range of each value over the crops: from the least to the largest, or, below a
/// percentile of 100, without the (100 - percentile) / 2 in 100 at either end, to a 2,000th of the
/// whole range. The model's network computes in fp32. Throws kInternal for a value that is not
/// finite.
std::vector<ValueRange> value_ranges(const Model& model, const std::vector<FineImage>& crops,
                                     double percentile);

}  // namespace visavis
