#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace visavis {

/// Threads for data parallel loops; they sleep without work. The split depends on range and count
/// alone: sums per slice, added in slice order, are the same in every run. Where there are fewer
/// usable processors (processors.h) no more threads are started, and slices take turns.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);  ///< 0: one per usable processor.
  ~ThreadPool();
  [[nodiscard]] int threads() const;

  /// Calls body(slice, begin, end) for min(threads, count) contiguous parts of [0, count), with
  /// denormals as zero (flush_to_zero.h); returns when all are done. The caller takes part.
  /// Rethrows what the first slice that failed threw. Not to be nested.
  void parallel_for(std::size_t count,
                    const std::function<void(int slice, std::size_t begin, std::size_t end)>& body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
