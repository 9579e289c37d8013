#include "native/system/thread_pool.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "native/system/flush_to_zero.h"
#include "native/system/processors.h"

namespace visavis {

struct ThreadPool::Impl {
  std::mutex mutex;
  std::condition_variable start;
  std::condition_variable done;
  std::vector<std::thread> workers;
  int threads = 1;
  std::vector<std::exception_ptr> failures;  // One per slice: the first in slice order is rethrown.
  const std::function<void(int, std::size_t, std::size_t)>* body = nullptr;
  std::size_t count = 0;
  int slices = 0;
  int unfinished = 0;  // Threads besides the caller's.
  std::uint64_t generation = 0;
  bool is_stopping = false;

  void run_slice(int slice) {
    const FlushToZero flush;
    const std::size_t n = static_cast<std::size_t>(slices);
    const std::size_t i = static_cast<std::size_t>(slice);
    try {
      (*body)(slice, count * i / n, count * (i + 1) / n);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  }

  /// The slices of one thread, of which the caller's is number 0.
  void run_slices_of(int thread) {
    const int running = static_cast<int>(workers.size()) + 1;
    for (int slice = thread; slice < slices; slice += running) run_slice(slice);
  }

  void work(int thread) {
    std::uint64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      start.wait(lock, [&] { return is_stopping || generation != seen; });
      if (is_stopping) return;
      seen = generation;
      if (thread >= slices) continue;
      lock.unlock();
      run_slices_of(thread);
      lock.lock();
      if (--unfinished == 0) done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : impl_(std::make_unique<Impl>()) {
  const int running = thread_count(threads);
  impl_->threads = threads <= 0 ? running : threads;
  // Held until all are started: they read how many there are.
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  try {
    for (int thread = 1; thread < running; ++thread) {
      impl_->workers.emplace_back([impl = impl_.get(), thread] { impl->work(thread); });
    }
  } catch (const std::system_error&) {
    // The system allows no more threads: those that run take turns.
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(impl_->mutex);
    impl_->is_stopping = true;
  }
  impl_->start.notify_all();
  for (std::thread& worker : impl_->workers) worker.join();
}

int ThreadPool::threads() const { return impl_->threads; }

void ThreadPool::parallel_for(std::size_t count,
                              const std::function<void(int, std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  Impl& pool = *impl_;
  const int slices =
      static_cast<int>(std::min<std::size_t>(count, static_cast<std::size_t>(pool.threads)));
  if (slices == 1) {
    const FlushToZero flush;
    body(0, 0, count);
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(pool.mutex);
    pool.body = &body;
    pool.count = count;
    pool.slices = slices;
    pool.unfinished = std::min(slices, static_cast<int>(pool.workers.size()) + 1) - 1;
    pool.failures.assign(static_cast<std::size_t>(slices), nullptr);
    ++pool.generation;
  }
  pool.start.notify_all();
  pool.run_slices_of(0);
  std::unique_lock<std::mutex> lock(pool.mutex);
  pool.done.wait(lock, [&] { return pool.unfinished == 0; });
  for (const std::exception_ptr& failure : pool.failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace visavis
