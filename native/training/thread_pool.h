#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace visavis {

/// A fixed set of threads for data parallel loops. The split depends only on the range and the
/// thread count, never on timing, so that sums made per slice and added in slice order are the same
/// in every run.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);  ///< 0: all cores.
  ~ThreadPool();
  [[nodiscard]] int threads() const;

  /// Calls body(slice, begin, end) once per slice, slices = min(threads, count) contiguous parts of
  /// [0, count); returns when all are done. The caller's thread takes part. An exception in a slice
  /// is rethrown here. Not to be nested.
  void parallel_for(std::size_t count,
                    const std::function<void(int slice, std::size_t begin, std::size_t end)>& body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
