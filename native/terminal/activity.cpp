#include "native/terminal/activity.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "native/terminal/terminal_line.h"

namespace visavis {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBeforeFirstLine{500};
constexpr std::chrono::milliseconds kBetweenLines{200};

}  // namespace

struct Activity::Impl {
  const std::string what;
  std::ostream& out;
  const Clock::time_point start = Clock::now();
  std::mutex mutex;  ///< Guards what follows.
  std::condition_variable ended;
  std::vector<double> shares;
  bool is_over = false;
  std::thread drawer;

  Impl(std::string name, std::size_t pieces, std::ostream& stream)
      : what(std::move(name)), out(stream), shares(pieces) {}

  void draw() const {
    const double share = std::accumulate(shares.begin(), shares.end(), 0.0) /
                         static_cast<double>(std::max<std::size_t>(1, shares.size()));
    const std::string clock = as_clock(std::chrono::duration<double>(Clock::now() - start).count());
    const std::string line =
        share > 0 ? progress_line({what, fmt::format("{:.0f}%, {}", 100 * share, clock), ""}, share,
                                  terminal_columns())
                  : shortened(what + ", " + clock, terminal_columns() - 1);
    out << "\r\x1b[K" << line << std::flush;
  }

  void draw_until_over(std::chrono::milliseconds before_first_line) {
    std::unique_lock lock(mutex);
    auto pause = before_first_line;
    bool has_drawn = false;
    while (!ended.wait_for(lock, pause, [this] { return is_over; })) {
      draw();
      has_drawn = true;
      pause = kBetweenLines;
    }
    if (has_drawn) out << "\r\x1b[K" << std::flush;
  }
};

Activity::Activity(std::string what, std::size_t pieces)
    : Activity(std::move(what), pieces, std::cerr, progress_style_of_stderr(), kBeforeFirstLine) {}

Activity::Activity(std::string what, std::size_t pieces, std::ostream& out, ProgressStyle style,
                   std::chrono::milliseconds before_first_line) {
  if (style != ProgressStyle::kBar) return;
  impl_ = std::make_unique<Impl>(std::move(what), pieces, out);
  impl_->drawer = std::thread(
      [impl = impl_.get(), before_first_line] { impl->draw_until_over(before_first_line); });
}

Activity::~Activity() {
  if (!impl_) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->is_over = true;
  }
  impl_->ended.notify_one();
  impl_->drawer.join();
}

void Activity::set_share(std::size_t piece, double share) {
  if (!impl_) return;
  const std::lock_guard lock(impl_->mutex);
  impl_->shares.at(piece) = share;
}

}  // namespace visavis
