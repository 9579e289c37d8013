#include "native/system/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

namespace visavis {
namespace {

std::atomic<bool> requested{false};
std::atomic<bool> exits{false};  ///< As exit_on_interrupt says.
std::atomic<bool> draws_bars{false};
std::atomic<int> delays{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler must not wait for a lock");

/// Makes no call that a signal handler must not make. Other threads run on until the process is
/// gone.
[[noreturn]] void end_program() {
  using namespace std::string_view_literals;
  // A progress bar may stand in the line.
  const std::string_view words =
      draws_bars ? "\r\x1b[Kvisavis: stopped\n"sv : "visavis: stopped\n"sv;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(kExitInterrupted);
}

void exit_on_signal(int) {
  const bool is_second = requested.exchange(true);
  // Asked in this order, the end of a delay sees the request where this does not see the end.
  if (is_second || delays == 0) end_program();
}

void stop_on_signal(int signal) {
  if (requested.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

void handle_signals(void (*handler)(int)) {
  std::signal(SIGINT, handler);
  std::signal(SIGTERM, handler);
}

}  // namespace

void exit_on_interrupt() {
  draws_bars = ::isatty(STDERR_FILENO) == 1;
  exits = true;
  handle_signals(exit_on_signal);
}

void stop_cleanly_on_interrupt() {
  exits = false;
  handle_signals(stop_on_signal);
}

bool stop_requested() { return requested; }

DelayInterrupt::DelayInterrupt() { ++delays; }

DelayInterrupt::~DelayInterrupt() {
  if (--delays == 0 && exits && requested) end_program();
}

}  // namespace visavis
