#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/base/number_range.h"

namespace visavis {

/// number_check (number_option.h) for an option of type text, which takes `word` ("none") in place
/// of a number.
CLI::Validator number_or_word_check(const NumberRange& range, const std::string& word);

}  // namespace visavis
