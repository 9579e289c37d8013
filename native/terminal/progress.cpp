#include "native/terminal/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace visavis {
namespace {

constexpr std::chrono::milliseconds kBetweenBars{100};

}  // namespace

ProgressStyle progress_style_of_stderr() {
  return ::isatty(STDERR_FILENO) == 1 ? ProgressStyle::kBar : ProgressStyle::kLines;
}

Progress::Progress(std::string what, std::size_t total, std::string unit)
    : Progress(std::move(what), total, std::move(unit), std::cerr, progress_style_of_stderr()) {}

Progress::Progress(std::string what, std::size_t total, std::string unit, std::ostream& out,
                   ProgressStyle style, std::function<std::size_t()> columns)
    : what_(std::move(what)),
      total_(total),
      unit_(std::move(unit)),
      out_(out),
      style_(style),
      columns_(std::move(columns)),
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
  if (is_bar_due(now)) show(now);
  const std::size_t tenths = total_ == 0 ? 10 : done_ * 10 / total_;
  if (style_ == ProgressStyle::kLines && tenths > tenths_shown_) {
    tenths_shown_ = tenths;
    show(now);
  }
}

void Progress::advance_within(double change) {
  const std::lock_guard lock(mutex_);
  within_ += change;
  const Clock::time_point now = Clock::now();
  if (is_bar_due(now)) show(now);
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

bool Progress::is_bar_due(Clock::time_point now) const {
  return style_ == ProgressStyle::kBar && now - last_shown_ >= kBetweenBars;
}

double Progress::share() const {
  if (total_ == 0) return 1;
  return std::clamp((static_cast<double>(done_) + within_) / static_cast<double>(total_), 0.0, 1.0);
}

void Progress::show(Clock::time_point now) {
  last_shown_ = now;
  if (style_ == ProgressStyle::kBar) {
    out_ << "\r\x1b[K" << progress_line({what_, status(now), note_}, share(), columns_())
         << std::flush;
  } else {
    out_ << what_ << ": " << status(now) << (note_.empty() ? "" : ", " + note_) << '\n'
         << std::flush;
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
  return text;
}

}  // namespace visavis
