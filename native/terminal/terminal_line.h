#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace visavis {

/// Columns of the terminal that stderr is, asked anew by every call, so that a window may change
/// its size; 80 where the terminal does not tell.
std::size_t terminal_columns();

/// Columns that UTF-8 takes on a terminal: wide letters (Chinese, Korean, emoji) take two.
std::size_t columns_of(std::string_view text);

/// `text`, or as much of it as fits with an ellipsis behind it.
std::string shortened(std::string_view text, std::size_t columns);

/// What a progress line says, in this order.
struct ProgressWords {
  std::string what;
  std::string status;  ///< Counts, rate, time left.
  std::string note;    ///< May be empty.
};

/// One line of at most `columns`. Where that is narrow the bar gives way first, then the note, then
/// the rest: a line that wraps cannot be drawn over.
std::string progress_line(const ProgressWords& words, double share, std::size_t columns);

/// 0:07, 12:34 or 1:02:03.
std::string as_clock(double seconds);

}  // namespace visavis
