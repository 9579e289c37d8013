#pragma once

namespace visavis {

/// Standard input, output and error that the caller has closed are opened on /dev/null, the wrong
/// way round: the first file that is opened would else become standard output and be written into.
/// What is then printed fails, as flush_stdout says. To be called first.
void keep_standard_streams();

/// Writes out what std::cout and stdio hold. Throws kIo with the system's reason where standard
/// output took less than all that was printed since the start: a full disk, say. A reader that has
/// gone (`visavis inspect MODEL | head -1`) ends the program by SIGPIPE instead, in silence, as it
/// does other tools; where that signal is ignored, it throws too.
void flush_stdout();

}  // namespace visavis
