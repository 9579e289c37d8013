#pragma once

#include <stop_token>

namespace visavis {

/// From now on Ctrl-C (and SIGTERM) ends the program at once, whatever its threads are at
/// (decoding, searching a large photo, training a metric), with kExitInterrupted and one line on
/// stderr. Only an UndividedWrite (native/system/undivided_write.h) is finished before; a second
/// Ctrl-C does not wait for that either. main calls it for every command: what a command makes is
/// written in the end, file by file, so that nothing is lost or half-written. A thread of its own
/// waits for the signal. Throws kOutOfMemory where the system has no thread or pipe left.
void exit_on_interrupt();

/// Instead: Ctrl-C (and SIGTERM) requests a stop, which long work looks for; a second one ends the
/// program at once, by the signal. For training, which keeps a checkpoint.
std::stop_token stop_cleanly_on_interrupt();

/// What a shell expects of a program that Ctrl-C ended.
inline constexpr int kExitInterrupted = 130;

}  // namespace visavis
