#include "native/training/data/for_each_photo.h"

#include <algorithm>
#include <atomic>

#include "native/interrupt.h"
#include "native/progress.h"

namespace visavis {

void for_each_photo(ThreadPool& pool, std::size_t count, const std::string& what,
                    const std::function<PhotoWorker()>& make_worker) {
  if (count == 0) return;
  Progress progress(what, count, "photos");
  std::atomic<std::size_t> next{0};
  std::atomic<bool> has_failed{false};
  const auto threads = static_cast<std::size_t>(pool.threads());
  pool.parallel_for(std::min(threads, count), [&](int, std::size_t, std::size_t) {
    try {
      const PhotoWorker work = make_worker();
      while (!stop_requested() && !has_failed) {
        const std::size_t index = next++;
        if (index >= count) return;
        work(index);
        progress.advance();
      }
    } catch (...) {
      has_failed = true;
      throw;
    }
  });
}

}  // namespace visavis
