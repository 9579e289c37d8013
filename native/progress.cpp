#include "native/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>

namespace visavis {
namespace {

constexpr int kBarWidth = 28;

std::string as_clock(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string bar_of(double share) {
  const auto filled = static_cast<int>(share * kBarWidth);
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "━" : "╌";
  return bar;
}

}  // namespace

ProgressStyle progress_style_of_stderr() {
  return ::isatty(STDERR_FILENO) == 1 ? ProgressStyle::kBar : ProgressStyle::kLines;
}

Progress::Progress(std::string what, std::size_t total, std::string unit)
    : Progress(std::move(what), total, std::move(unit), std::cerr, progress_style_of_stderr()) {}

Progress::Progress(std::string what, std::size_t total, std::string unit, std::ostream& out,
                   ProgressStyle style)
    : what_(std::move(what)),
      total_(total),
      unit_(std::move(unit)),
      out_(out),
      style_(style),
      start_(Clock::now()) {
  const std::lock_guard lock(mutex_);
  if (style_ == ProgressStyle::kBar) show(start_);
}

Progress::~Progress() {
  const std::lock_guard lock(mutex_);
  if (style_ != ProgressStyle::kBar) return;
  show(Clock::now());
  out_ << '\n' << std::flush;
}

void Progress::advance(std::size_t by, const std::string& note) {
  const std::lock_guard lock(mutex_);
  done_ += by;
  note_ = note;
  const Clock::time_point now = Clock::now();
  if (style_ == ProgressStyle::kBar && now - last_shown_ >= std::chrono::milliseconds(100)) {
    show(now);
  }
  const std::size_t tenths = total_ == 0 ? 10 : done_ * 10 / total_;
  if (style_ == ProgressStyle::kLines && tenths > tenths_shown_) {
    tenths_shown_ = tenths;
    show(now);
  }
}

void Progress::start_at(std::size_t done) {
  const std::lock_guard lock(mutex_);
  done_ = done_before_ = done;
  tenths_shown_ = total_ == 0 ? 10 : done * 10 / total_;
  start_ = Clock::now();
}

void Progress::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (style_ == ProgressStyle::kSilent) return;
  if (style_ == ProgressStyle::kBar) out_ << "\r\x1b[K";
  out_ << line << '\n' << std::flush;
  if (style_ == ProgressStyle::kBar) show(Clock::now());
}

void Progress::show(Clock::time_point now) {
  last_shown_ = now;
  const double share =
      total_ == 0 ? 1 : std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
  if (style_ == ProgressStyle::kBar) {
    out_ << "\r\x1b[K" << what_ << "  " << bar_of(share) << "  " << status(now) << std::flush;
  } else {
    out_ << what_ << ": " << status(now) << '\n' << std::flush;
  }
}

std::string Progress::status(Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::string text = fmt::format("{} of {} {}", done_, total_, unit_);
  if (done_ > done_before_ && seconds > 0) {
    const double rate = static_cast<double>(done_ - done_before_) / seconds;
    text += fmt::format(", {:.{}f} per second", rate, rate < 10 ? 1 : 0);
    text += done_ >= total_
                ? fmt::format(", took {}", as_clock(seconds))
                : fmt::format(", {} left", as_clock(static_cast<double>(total_ - done_) / rate));
  }
  return note_.empty() ? text : text + ", " + note_;
}

}  // namespace visavis
