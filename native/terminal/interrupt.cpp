#include "native/terminal/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

#include "core/base/error.h"
#include "native/system/undivided_write.h"

namespace visavis {
namespace {

/// Where the signal handler writes each signal, for the watcher to read.
std::atomic<int> signals_in{-1};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler must not wait for a lock");

/// Makes no call that a signal handler must not make.
void pass_on(int signal) {
  const int before = errno;
  const auto byte = static_cast<char>(signal);
  [[maybe_unused]] const ssize_t written = ::write(signals_in, &byte, 1);
  errno = before;
}

/// Other threads run on until the process is gone.
[[noreturn]] void end_program() {
  using namespace std::string_view_literals;
  // A progress bar may stand in the line.
  const std::string_view words =
      ::isatty(STDERR_FILENO) == 1 ? "\r\x1b[Kvisavis: stopped\n"sv : "visavis: stopped\n"sv;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(kExitInterrupted);
}

[[noreturn]] void throw_no_watcher(const std::error_code& reason) {
  throw Error(ErrorCode::kOutOfMemory,
              "Ctrl-C cannot be watched for: " + reason.message() +
                  "; end other programs or raise the limits (ulimit -u, -n)");
}

/// Waits for signals in a thread of its own, until the process ends.
class Watcher {
 public:
  Watcher() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw_no_watcher(std::error_code(errno, std::generic_category()));
    }
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);  // A handler must not wait, not for a full pipe either.
    signals_in = ends[1];
    try {
      std::thread([this, out = ends[0]] { watch(out); }).detach();
    } catch (const std::system_error& error) {
      throw_no_watcher(error.code());
    }
    std::signal(SIGINT, pass_on);
    std::signal(SIGTERM, pass_on);
  }

  std::stop_token stop_cleanly() {
    const std::lock_guard guard(mutex_);
    if (!stop_) stop_.emplace();
    return stop_->get_token();
  }

 private:
  void watch(int signals_out) {
    bool is_first = true;
    while (true) {
      char byte = 0;
      const ssize_t count = ::read(signals_out, &byte, 1);
      if (count == 1) {
        heed(byte, is_first);
        is_first = false;
      } else if (count == 0 || errno != EINTR) {
        return;
      }
    }
  }

  void heed(int signal, bool is_first) {
    const std::lock_guard guard(mutex_);
    if (stop_ && is_first) {
      stop_->request_stop();
    } else if (stop_) {
      std::signal(signal, SIG_DFL);
      ::kill(::getpid(), signal);
    } else if (is_first) {
      after_undivided_writes(end_program);
    } else {
      end_program();
    }
  }

  std::mutex mutex_;
  std::optional<std::stop_source> stop_;  ///< Once a clean stop is wanted.
};

/// Lives as long as the process: its thread may be waiting while static objects are destroyed.
Watcher& watcher() {
  static Watcher& only = *new Watcher;
  return only;
}

}  // namespace

void exit_on_interrupt() { watcher(); }

std::stop_token stop_cleanly_on_interrupt() { return watcher().stop_cleanly(); }

}  // namespace visavis
