#include "native/terminal/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <system_error>

#include "core/base/error.h"

namespace visavis {

void keep_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    // The lowest free number, which is this one. Reading gives nothing, writing fails.
    const int opened = ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (opened >= 0 && opened != descriptor) ::close(opened);
  }
}

void flush_stdout() {
  int reason = 0;
  if (std::cout && !std::cout.flush()) reason = errno;
  if (std::fflush(stdout) != 0) reason = errno;
  if (std::cout && std::ferror(stdout) == 0) return;
  // An earlier write failed, and its reason is forgotten: one more byte meets the same.
  if (reason == 0) reason = ::write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
  throw Error(ErrorCode::kIo, "standard output cannot be written: " +
                                  std::error_code(reason, std::generic_category()).message() +
                                  "; what was printed is incomplete");
}

}  // namespace visavis
