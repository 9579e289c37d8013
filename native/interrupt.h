#pragma once

namespace visavis {

/// From now on Ctrl-C (and SIGTERM) asks for a clean stop, which long loops look for; a second one
/// ends the program at once.
void stop_cleanly_on_interrupt();

/// Whether a stop was asked for. Safe to call from any thread.
bool stop_requested();

/// What a shell expects of a program that Ctrl-C ended.
inline constexpr int kExitInterrupted = 130;

}  // namespace visavis
