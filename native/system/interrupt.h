#pragma once

namespace visavis {

/// From now on Ctrl-C (and SIGTERM) ends the program at once, whatever its threads are at
/// (decoding, searching a large photo, training a metric), with kExitInterrupted and one line on
/// stderr. Only what a DelayInterrupt holds is finished before; a second Ctrl-C does not wait for
/// that either. main calls it for every command: what a command makes is written in the end, file
/// by file, so that nothing is lost or half-written.
void exit_on_interrupt();

/// Instead: Ctrl-C (and SIGTERM) asks for a clean stop, which long loops look for; a second one
/// ends the program at once. For training, which keeps a checkpoint.
void stop_cleanly_on_interrupt();

/// Whether a clean stop was asked for. Safe to call from any thread.
bool stop_requested();

/// While one lives, exit_on_interrupt's exit waits: files that belong together are being written.
class DelayInterrupt {
 public:
  DelayInterrupt();
  ~DelayInterrupt();
  DelayInterrupt(const DelayInterrupt&) = delete;
  DelayInterrupt& operator=(const DelayInterrupt&) = delete;
};

/// What a shell expects of a program that Ctrl-C ended.
inline constexpr int kExitInterrupted = 130;

}  // namespace visavis
