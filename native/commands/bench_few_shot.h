#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "native/system/bench_timer.h"

namespace visavis {

/// A support set to be timed.
struct FewShotBenchOptions {
  std::size_t classes = 1000;
  std::size_t shots = 5;
  std::size_t length = 128;  ///< Of an embedding.
};

struct FewShotTiming {
  std::string what;
  Timing timing;
};

/// Times adding and removing the first class and example, which moves all others, and a query by
/// every method, on random unit embeddings; `repeat` runs each, 1 or more. The size of the set
/// stays the same to within a class.
std::vector<FewShotTiming> bench_few_shot(const FewShotBenchOptions& options, int repeat);

void print_few_shot_bench(const std::vector<FewShotTiming>& timings,
                          const FewShotBenchOptions& options, bool json);

}  // namespace visavis
