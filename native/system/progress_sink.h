#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace visavis {

/// A long task under way, which ends with this object. Safe to call from several threads.
class ProgressTask {
 public:
  ProgressTask() = default;
  virtual ~ProgressTask() = default;
  ProgressTask(const ProgressTask&) = delete;
  ProgressTask& operator=(const ProgressTask&) = delete;

  /// `by` more units are done; `note` says how it goes ("loss 0.123").
  virtual void advance(std::size_t by = 1, const std::string& note = {}) = 0;
  /// `change` is a share of one unit that is not done yet, and taken back (below 0) when it is.
  virtual void advance_within(double change) = 0;
  /// What an earlier run has done already: it counts as done, not for the rate.
  virtual void start_at(std::size_t done) = 0;
  /// A line that a person should read.
  virtual void say(const std::string& line) = 0;
};

/// Where long work tells how far it is and what a person should know. The libraries write to no
/// terminal: a command decides what becomes of it (native/terminal/terminal_progress.h).
class ProgressSink {
 public:
  ProgressSink() = default;
  virtual ~ProgressSink() = default;
  ProgressSink(const ProgressSink&) = delete;
  ProgressSink& operator=(const ProgressSink&) = delete;

  /// `what` names the task ("embedding"), `unit` what is counted up to `total` ("photos"). Never
  /// null.
  [[nodiscard]] virtual std::unique_ptr<ProgressTask> begin(const std::string& what,
                                                            std::size_t total,
                                                            const std::string& unit) = 0;
  /// A line that a person should read; while a task is under way, the task says it.
  virtual void say(const std::string& line) = 0;
};

/// Tells nobody.
ProgressSink& no_progress();

}  // namespace visavis
