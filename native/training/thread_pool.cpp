#include "native/training/thread_pool.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace visavis {

struct ThreadPool::Impl {
  std::mutex mutex;
  std::condition_variable start;
  std::condition_variable done;
  std::vector<std::thread> workers;
  std::vector<std::exception_ptr> failures;  // One per slice: the first in slice order is rethrown.
  const std::function<void(int, std::size_t, std::size_t)>* body = nullptr;
  std::size_t count = 0;
  int slices = 0;
  int unfinished = 0;
  std::uint64_t generation = 0;
  bool is_stopping = false;

  void run_slice(int slice) {
    const std::size_t n = static_cast<std::size_t>(slices);
    const std::size_t i = static_cast<std::size_t>(slice);
    try {
      (*body)(slice, count * i / n, count * (i + 1) / n);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  }

  void work(int slice) {
    std::uint64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      start.wait(lock, [&] { return is_stopping || generation != seen; });
      if (is_stopping) return;
      seen = generation;
      if (slice >= slices) continue;
      lock.unlock();
      run_slice(slice);
      lock.lock();
      if (--unfinished == 0) done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : impl_(std::make_unique<Impl>()) {
  if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  for (int slice = 1; slice < threads; ++slice) {
    impl_->workers.emplace_back([impl = impl_.get(), slice] { impl->work(slice); });
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

int ThreadPool::threads() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::parallel_for(std::size_t count,
                              const std::function<void(int, std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  Impl& pool = *impl_;
  const int slices = static_cast<int>(std::min<std::size_t>(count, pool.workers.size() + 1));
  if (slices == 1) {
    body(0, 0, count);
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(pool.mutex);
    pool.body = &body;
    pool.count = count;
    pool.slices = slices;
    pool.unfinished = slices - 1;
    pool.failures.assign(static_cast<std::size_t>(slices), nullptr);
    ++pool.generation;
  }
  pool.start.notify_all();
  pool.run_slice(0);
  std::unique_lock<std::mutex> lock(pool.mutex);
  pool.done.wait(lock, [&] { return pool.unfinished == 0; });
  for (const std::exception_ptr& failure : pool.failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace visavis
