#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace visavis {

/// Runs requests one after another on a thread of its own, in the order of the calls. What it does
/// depends on that order alone, not on timing.
class RequestThread {
 public:
  RequestThread();
  /// Runs the queued requests first.
  ~RequestThread();
  RequestThread(const RequestThread&) = delete;
  RequestThread& operator=(const RequestThread&) = delete;

  /// Returns at once.
  void post(std::function<void()> request);
  /// Returns when all requests are done. Rethrows what the first failing one threw, now and at
  /// every later call; requests behind it are dropped.
  void wait();
  /// post and wait.
  void run(std::function<void()> request);
  /// Abandons the thread, even where it is blocked for ever: the destructor will not wait for it.
  /// Requests it still runs must own all that they touch.
  void abandon();

 private:
  struct State;
  static void work(State& state);

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace visavis
