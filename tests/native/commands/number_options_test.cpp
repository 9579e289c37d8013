#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "core/base/parse_number.h"
#include "native/commands/commands.h"
#include "native/commands/options/number_option.h"
#include "tests/native/commands/run_command.h"

namespace visavis::number_options_test {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

/// An option that takes numbers, found in the command line itself: a new one is tested by being
/// there.
struct NumberOption {
  Words command;  ///< "zero-shot", "evaluate"
  std::string name;
  bool is_whole = false;
  bool is_checked = false;
  std::string range;  ///< In words.
};

void collect(CLI::App& app, const Words& command, std::vector<NumberOption>& found) {
  for (CLI::Option* option : app.get_options([](CLI::Option*) { return true; })) {
    const std::string type = option->get_type_name();
    const bool is_whole = type.starts_with("INT") || type.starts_with("UINT");
    const bool is_number = is_whole || type.starts_with("FLOAT");
    NumberOption entry{command, option->get_name(), is_whole, true, ""};
    try {
      // A text may be checked to be a number, or a word instead.
      const std::string range = option->get_validator(kNumberCheck)->get_description();
      entry.range = range.substr(0, range.find(", or "));
    } catch (const CLI::OptionNotFound&) {
      entry.is_checked = false;
    }
    if (is_number || entry.is_checked) found.push_back(entry);
  }
  for (CLI::App* inner : app.get_subcommands([](CLI::App*) { return true; })) {
    Words name = command;
    name.push_back(inner->get_name());
    collect(*inner, name, found);
  }
}

std::vector<NumberOption> number_options() {
  CLI::App app;
  int exit_code = 0;
  add_commands(app, exit_code);
  std::vector<NumberOption> found;
  collect(app, {}, found);
  return found;
}

Words with_value(const NumberOption& option, const std::string& value) {
  Words words = option.command;
  words.push_back(option.name);
  words.push_back(value);
  return words;
}

/// What parsing says to the value, empty where it takes it. No command is run: another option of
/// the line is none that there is.
std::string refusal(const NumberOption& option, const std::string& value) {
  CLI::App app;
  int exit_code = 0;
  add_commands(app, exit_code);
  Words words = with_value(option, value);
  words.push_back("--no-such-option");
  std::reverse(words.begin(), words.end());  // As CLI11 wants a vector.
  try {
    app.parse(words);
  } catch (const CLI::ValidationError& error) {
    return error.what();
  } catch (const CLI::ParseError&) {
    return "";
  }
  ADD_FAILURE() << "an option that there is not was taken";
  return "";
}

/// No number longer than what 64 bits need.
void expect_short(const std::string& message) {
  EXPECT_FALSE(std::regex_search(message, std::regex("[0-9]{22}"))) << message;
  EXPECT_LT(message.size(), 300U) << message;
}

std::string label(const NumberOption& option) {
  std::string text;
  for (const std::string& word : option.command) text += word + " ";
  return text + option.name;
}

TEST(NumberOptions, AreAllChecked) {
  const std::vector<NumberOption> options = number_options();
  EXPECT_GT(options.size(), 60U) << "the options of numbers are not found any more";
  for (const NumberOption& option : options) {
    EXPECT_TRUE(option.is_checked) << label(option) << ": add it by add_number_option";
  }
}

TEST(NumberOptions, TakeNoNonsense) {
  const Words nonsense{"nan",    "-nan",
                       "NaN",    "inf",
                       "-inf",   "infinity",
                       "0x10",   "0x1p3",
                       "1e999",  "-1e99",
                       "5x",     "1 2",
                       " 5",     "",
                       "five",   "½",
                       "--",     "1..2",
                       "1e",     "\t",
                       "3\n4\n", std::string(400, '9')};
  for (const NumberOption& option : number_options()) {
    for (const std::string& value : nonsense) {
      const std::string message = refusal(option, value);
      EXPECT_THAT(message, HasSubstr(option.name + ": must be a "))
          << label(option) << " " << value;
      EXPECT_THAT(message, HasSubstr(option.range)) << label(option) << " " << value;
      expect_short(message);
    }
    if (!option.is_whole) continue;
    for (const char* value : {"1.5", "1e3", "18446744073709551616", "2.0"}) {
      EXPECT_THAT(refusal(option, value), HasSubstr("must be a whole number"))
          << label(option) << " " << value;
    }
  }
}

/// The ends that a range's words name, and whether they belong to it.
struct Ends {
  double least = 0, most = 0;
  bool holds_least = false, holds_most = false, has_most = false;
};

Ends ends_of(const std::string& range) {
  std::smatch part;
  const auto number = [&](std::size_t i) { return parse_number(part[i].str()).value(); };
  if (range == "from 0 to 2^64 - 1") return {0, 0, true, false, false};
  if (std::regex_match(range, part, std::regex("from (\\S+) to (below )?(\\S+)"))) {
    return {number(1), number(3), true, !part[2].matched, true};
  }
  if (std::regex_match(range, part, std::regex("above (\\S+) and (at most|below) (\\S+)"))) {
    return {number(1), number(3), false, part[2] == "at most", true};
  }
  if (std::regex_match(range, part, std::regex("above (\\S+)")))
    return {number(1), 0, false, false, false};
  if (std::regex_match(range, part, std::regex("from (\\S+) up")))
    return {number(1), 0, true, false, false};
  ADD_FAILURE() << "a range in other words: " << range;
  return {};
}

TEST(NumberOptions, TakeTheirRangeAndNoMore) {
  for (const NumberOption& option : number_options()) {
    SCOPED_TRACE(label(option) + " " + option.range);
    const Ends ends = ends_of(option.range);
    const auto text = [&](double value) {
      return option.is_whole ? std::to_string(static_cast<long long>(value))
                             : fmt::format("{}", value);
    };
    const double step = option.is_whole ? 1 : 1e-3;
    EXPECT_EQ(refusal(option, text(ends.least)).empty(), ends.holds_least);
    EXPECT_NE(refusal(option, text(ends.least - step)), "");
    if (!ends.has_most) continue;
    EXPECT_EQ(refusal(option, text(ends.most)).empty(), ends.holds_most);
    EXPECT_NE(refusal(option, text(ends.most + step)), "");
  }
}

TEST(NumberOptions, AreRefusedByTheProgramInOneLine) {
  const std::vector<std::pair<Words, std::string>> cases{
      {{"compare", "a.jpg", "b.jpg", "--threshold", "nan"},
       "--threshold: must be a number from 0 to 2, not 'nan'"},
      {{"compare", "a.jpg", "b.jpg", "--fmr", "0"},
       "--fmr: must be a number above 0 and at most 1"},
      {{"train", "--lr", "-1"},
       "--lr: must be a number above 0 and at most 1000000000000, not '-1'"},
      {{"train", "--lr", "0"}, "--lr: must be"},
      {{"train", "--steps", "-5"},
       "--steps: must be a whole number from 1 to 1000000000, not '-5'"},
      {{"train", "--steps", "0"}, "--steps: must be"},
      {{"train", "--clip", "inf"}, "--clip: must be a number above 0, not 'inf'"},
      {{"train", "--size", "112", "nan"}, "--size: must be a whole number"},
      {{"evaluate", "--way", "5,nan"}, "--way: must be a whole number from 2"},
      {{"classify", "--support", "s", "a.jpg", "--threshold", "nan"},
       "--threshold: must be a number above 0, not 'nan'; or 'none'"},
      {{"zero-shot", "evaluate", "--unseen-share", "1"}, "above 0 and below 1"}};
  for (const auto& [arguments, expected] : cases) {
    const CommandResult result = run_visavis(arguments, "/nowhere");
    EXPECT_EQ(result.exit_code, kExitBadInput) << expected;
    EXPECT_THAT(result.err, HasSubstr(expected));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(result.out, "");
    expect_short(result.err);
  }
}

TEST(NumberOptions, OctalIsNoNumberOfOurs) {
  CLI::App app;
  int count = 0;
  add_number_option(app, "--count", count, {1, 100}, "");
  app.parse("--count 010");
  EXPECT_EQ(count, 10) << "CLI11 itself takes 010 for 8";
}

}  // namespace
}  // namespace visavis::number_options_test
