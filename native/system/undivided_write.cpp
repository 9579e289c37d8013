#include "native/system/undivided_write.h"

#include <cstddef>
#include <mutex>
#include <utility>

namespace visavis {
namespace {

struct Writes {
  std::mutex mutex;  ///< Guards what follows; held while `then` runs.
  std::size_t alive = 0;
  std::function<void()> then;
};

/// Lives as long as the process: static objects may still write files.
Writes& writes() {
  static Writes& only = *new Writes;
  return only;
}

}  // namespace

UndividedWrite::UndividedWrite() {
  const std::lock_guard guard(writes().mutex);
  ++writes().alive;
}

UndividedWrite::~UndividedWrite() {
  const std::lock_guard guard(writes().mutex);
  if (--writes().alive > 0 || !writes().then) return;
  std::exchange(writes().then, nullptr)();
}

void after_undivided_writes(std::function<void()> then) {
  const std::lock_guard guard(writes().mutex);
  if (writes().alive > 0) {
    writes().then = std::move(then);
  } else {
    then();
  }
}

}  // namespace visavis
