#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/base/number_range.h"

namespace visavis {

/// number_check (number_option.h) for an option that takes `word` ("none") in a number's place: a
/// text, then.
CLI::Validator number_or_word_check(const NumberRange& range, const std::string& word);

}  // namespace visavis
