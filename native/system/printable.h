#pragma once

#include <string>
#include <string_view>

namespace visavis {

/// The text as UTF-8, U+FFFD standing for every byte that is none: what goes into JSON, HTML and
/// CSV. Names of files are any bytes.
std::string valid_utf8(std::string_view text);

/// The text as part of one line on a terminal or in a log: valid UTF-8, with control characters as
/// `\n`, `\r`, `\t` or `\x1B`.
std::string printable(std::string_view text);

/// A name as a line of a list that programs read, so that no name shifts the list and each can be
/// told again: as printable, with `\xE9` for a byte that is no UTF-8 and `\\` for a backslash.
std::string list_line(std::string_view name);

}  // namespace visavis
