#pragma once

#include <functional>

namespace visavis {

/// While one lives, files that belong together are being written, and after_undivided_writes waits.
class UndividedWrite {
 public:
  UndividedWrite();
  ~UndividedWrite();
  UndividedWrite(const UndividedWrite&) = delete;
  UndividedWrite& operator=(const UndividedWrite&) = delete;
};

/// Calls `then` once no UndividedWrite lives: at once, or in the thread that ends the last one. None
/// begins while `then` runs. For whoever wants to end the program, to leave no file half-written.
void after_undivided_writes(std::function<void()> then);

}  // namespace visavis
