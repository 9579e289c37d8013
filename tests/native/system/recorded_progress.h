#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "native/system/progress_sink.h"

namespace visavis {

/// Keeps what libraries tell, for tests.
class RecordedProgress : public ProgressSink {
 public:
  std::unique_ptr<ProgressTask> begin(const std::string& what, std::size_t total,
                                      const std::string& unit) override {
    const std::lock_guard guard(mutex_);
    tasks.push_back(what + ": " + std::to_string(total) + " " + unit);
    return std::make_unique<Task>(*this, what);
  }
  void say(const std::string& line) override {
    const std::lock_guard guard(mutex_);
    lines.push_back(line);
  }

  std::vector<std::string> tasks;  ///< Those begun: "WHAT: TOTAL UNIT".
  std::vector<std::string> lines;  ///< All said.
  /// Called after each step of a task, from its thread.
  std::function<void(const std::string& what)> advanced = [](const std::string&) {};

 private:
  class Task : public ProgressTask {
   public:
    Task(RecordedProgress& to, std::string what) : to_(to), what_(std::move(what)) {}
    void advance(std::size_t /*by*/, const std::string& /*note*/) override { to_.advanced(what_); }
    void advance_within(double /*change*/) override {}
    void start_at(std::size_t /*done*/) override {}
    void say(const std::string& line) override { to_.say(line); }

   private:
    RecordedProgress& to_;
    std::string what_;
  };

  std::mutex mutex_;
};

}  // namespace visavis
