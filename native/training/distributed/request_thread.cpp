#include "native/training/distributed/request_thread.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>

#include "native/system/flush_to_zero.h"

namespace visavis {

struct RequestThread::State {
  std::mutex mutex;
  std::condition_variable posted;
  std::condition_variable idle;
  std::deque<std::function<void()>> queue;  // The front is being run.
  std::exception_ptr failure;
  bool is_stopping = false;
};

RequestThread::RequestThread()
    : state_(std::make_shared<State>()), thread_([state = state_] { work(*state); }) {}

RequestThread::~RequestThread() {
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->posted.notify_one();
  if (thread_.joinable()) thread_.join();
}

void RequestThread::work(State& state) {
  const FlushToZero flush;
  std::unique_lock<std::mutex> lock(state.mutex);
  while (true) {
    state.posted.wait(lock, [&] { return state.is_stopping || !state.queue.empty(); });
    if (state.queue.empty()) return;
    const std::function<void()> request = std::move(state.queue.front());
    if (!state.failure) {
      lock.unlock();
      std::exception_ptr failure;
      try {
        request();
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      state.failure = failure;
    }
    state.queue.pop_front();
    if (state.queue.empty()) state.idle.notify_all();
  }
}

void RequestThread::post(std::function<void()> request) {
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->queue.push_back(std::move(request));
  }
  state_->posted.notify_one();
}

void RequestThread::wait() {
  std::unique_lock<std::mutex> lock(state_->mutex);
  state_->idle.wait(lock, [&] { return state_->queue.empty(); });
  if (state_->failure) std::rethrow_exception(state_->failure);
}

void RequestThread::run(std::function<void()> request) {
  post(std::move(request));
  wait();
}

void RequestThread::abandon() { thread_.detach(); }

}  // namespace visavis
