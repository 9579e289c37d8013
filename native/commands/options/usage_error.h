#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace visavis {

/// The candidate that `word` is likely a slip of: a few letters too many, too few, wrong or
/// swapped (optimal string alignment, at most a third of its letters), or its beginning. Empty
/// where none is near.
std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates);

/// Throws kInvalidArgument for a word that should name a command and names none, saying which is
/// near; `arguments` are those after the program's name.
void check_command_words(const CLI::App& app, const std::vector<std::string>& arguments);

/// What App::parse found wrong, in one line. Options that there are none of are named first, with
/// those that are near: the rest of the complaint may come of them.
std::string usage_error_text(const CLI::App& app, const CLI::ParseError& error);

}  // namespace visavis
