#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace visavis {

/// Runs requests one after another, in the order given, on one thread of its own. What happens on
/// that thread is thereby a function of the order of calls, never of timing.
class RequestThread {
 public:
  RequestThread();
  /// Runs what is queued first.
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
  /// Gives the thread up wherever it is, even blocked for ever: the destructor will not wait.
  /// Requests it still runs must own all that they touch.
  void abandon();

 private:
  struct State;
  static void work(State& state);

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace visavis
