#pragma once

#if defined(__SSE__)
#include <xmmintrin.h>
#elif defined(__aarch64__)
#include <cstdint>
#endif

namespace visavis {

/// While an object lives, its thread treats denormal floats as zero, in operands and results.
/// Otherwise a product with one costs about a hundred cycles, and dead channels of a network are
/// full of them. On Linux, threads that are started meanwhile inherit the setting. Does nothing on
/// processors other than x86 and 64-bit ARM.
class FlushToZero {
 public:
  FlushToZero() : before_(state()) { set_state(before_ | kBoth); }
  ~FlushToZero() { set_state(before_); }
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;

  /// Whether the calling thread's denormals count as zero now.
  [[nodiscard]] static bool is_on() { return (state() & kBoth) == kBoth; }

 private:
#if defined(__SSE__)
  using State = unsigned;
  /// Bit 15, flush to zero: results. Bit 6, denormals are zero: operands (Intel SDM 1, 10.2.3).
  static constexpr State kBoth = 0x8040;
  static State state() { return _mm_getcsr(); }
  static void set_state(State state) { _mm_setcsr(state); }
#elif defined(__aarch64__)
  using State = std::uint64_t;
  /// FPCR.FZ: operands and results alike.
  static constexpr State kBoth = State{1} << 24;
  static State state() {
    State state;
    __asm__ volatile("mrs %0, fpcr" : "=r"(state));
    return state;
  }
  static void set_state(State state) { __asm__ volatile("msr fpcr, %0" : : "r"(state)); }
#else
  using State = unsigned;
  static constexpr State kBoth = 0;
  static State state() { return 0; }
  static void set_state(State) {}
#endif

  State before_;
};

}  // namespace visavis
