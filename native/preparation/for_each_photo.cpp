#include "native/preparation/for_each_photo.h"

#include <algorithm>
#include <atomic>

#include "native/system/processors.h"

namespace visavis {

void for_each_photo(ThreadPool& pool, std::size_t count, const std::string& what,
                    const std::function<PhotoWorker(const ReportShare&)>& make_worker,
                    ProgressSink& progress, const std::stop_token& stop) {
  if (count == 0) return;
  const std::unique_ptr<ProgressTask> task = progress.begin(what, count, "photos");
  std::atomic<std::size_t> next{0};
  std::atomic<bool> has_failed{false};
  const auto threads = static_cast<std::size_t>(thread_count(pool.threads()));
  pool.parallel_for(std::min(threads, count), [&](int, std::size_t, std::size_t) {
    double share = 0;  // Of the photo that this thread is at.
    const auto report_share = [&](double now) {
      task->advance_within(now - share);
      share = now;
    };
    try {
      const PhotoWorker work = make_worker(report_share);
      while (!stop.stop_requested() && !has_failed) {
        const std::size_t index = next++;
        if (index >= count) return;
        work(index);
        if (share != 0) report_share(0);
        task->advance();
      }
    } catch (...) {
      has_failed = true;
      throw;
    }
  });
}

}  // namespace visavis
