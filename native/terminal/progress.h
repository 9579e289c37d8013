#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>

#include "native/system/progress_sink.h"
#include "native/terminal/terminal_line.h"

namespace visavis {

enum class ProgressStyle { kSilent, kLines, kBar };

/// A bar where stderr is a terminal, plain lines where it is a log.
ProgressStyle progress_style_of_stderr();

/// Shows how far a long task has come, with rate and time left: a bar redrawn ten times a second,
/// or a line per tenth. A bar's line is never longer than the terminal is wide at that moment
/// (terminal_line.h). Safe to call from several threads.
class Progress : public ProgressTask {
 public:
  /// `what` names the task ("embedding"), `unit` what is counted ("photos").
  Progress(std::string what, std::size_t total, std::string unit);
  Progress(std::string what, std::size_t total, std::string unit, std::ostream& out,
           ProgressStyle style, std::function<std::size_t()> columns = terminal_columns);
  /// Ends the bar's line.
  ~Progress() override;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `note` stands at the end of the line.
  void advance(std::size_t by = 1, const std::string& note = {}) override;
  /// Moves the bar.
  void advance_within(double change) override;
  void start_at(std::size_t done) override;
  /// A line of its own, above the bar.
  void say(const std::string& line) override;

 private:
  using Clock = std::chrono::steady_clock;

  void show(Clock::time_point now);
  [[nodiscard]] bool is_bar_due(Clock::time_point now) const;
  [[nodiscard]] double share() const;
  [[nodiscard]] std::string status(Clock::time_point now) const;

  const std::string what_;
  const std::size_t total_;
  const std::string unit_;
  std::ostream& out_;
  const ProgressStyle style_;
  const std::function<std::size_t()> columns_;
  std::mutex mutex_;  ///< Guards everything below and the stream.
  Clock::time_point start_;
  std::size_t done_before_ = 0;
  std::size_t done_ = 0;
  double within_ = 0;
  std::size_t tenths_shown_ = 0;
  std::string note_;
  Clock::time_point last_shown_;
};

}  // namespace visavis
