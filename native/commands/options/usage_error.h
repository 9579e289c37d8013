#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace visavis {

/// The candidate that `word` most likely means: one it begins, or one that differs by few letters
/// added, missing, wrong or swapped (optimal string alignment, at most a third of its letters).
/// Empty where none is near.
std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates);

/// Throws kInvalidArgument for an unknown command and suggests the nearest one. `arguments` are
/// those after the program's name.
void check_command_words(const CLI::App& app, const std::vector<std::string>& arguments);

/// The error of App::parse, in one line. Names unknown options first, with the nearest known ones,
/// since the other errors may follow from them.
std::string usage_error_text(const CLI::App& app, const CLI::ParseError& error);

}  // namespace visavis
