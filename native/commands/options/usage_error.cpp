#include "native/commands/options/usage_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/error.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

/// Optimal string alignment: inserted, missing, wrong and swapped letters count 1 each.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool is_swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

/// "visavis import onnx"
std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? "visavis" : full_name(*parent) + " " + app.get_name();
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

const CLI::App& innermost_command(const CLI::App& app) {
  const std::vector<CLI::App*> given = app.get_subcommands();
  return given.empty() ? app : innermost_command(*given.front());
}

/// "; did you mean X?" or nothing.
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string near = nearest_word(word, candidates);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

}  // namespace

std::string nearest_word(const std::string& word, const std::vector<std::string>& candidates) {
  std::string nearest;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) return nearest;
  constexpr std::size_t kFewestLetters = 3;
  const auto begun = std::find_if(candidates.begin(), candidates.end(), [&](const auto& candidate) {
    return word.size() >= kFewestLetters && candidate.starts_with(word);
  });
  return begun == candidates.end() ? "" : *begun;
}

void check_command_words(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App* command = &app;
  for (const std::string& word : arguments) {
    const std::vector<std::string> names = command_names(*command);
    if (names.empty()) return;
    // Before a command's name stand flags alone.
    if (word.starts_with('-')) continue;
    if (std::find(names.begin(), names.end(), word) == names.end()) {
      const std::string near = suggestion(word, names);
      throw Error(ErrorCode::kInvalidArgument,
                  fmt::format("no command '{}'{}{} see {} --help", printable(word), near,
                              near.empty() ? ";" : "", full_name(*command)));
    }
    command = command->get_subcommand(word);
  }
}

std::string usage_error_text(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost_command(app);
  const std::string see = "; see " + full_name(command) + " --help";
  const std::vector<std::string> names = command_names(command);
  if (!names.empty() && command.remaining().empty() &&
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const std::string of = command.get_parent() == nullptr ? "" : full_name(command) + ": ";
    return fmt::format("{}name a command: {}{}", of, fmt::join(names, ", "), see);
  }
  for (const std::string& word : command.remaining()) {
    if (word.size() < 2 || !word.starts_with('-')) continue;
    const std::string name = word.substr(0, word.find('='));
    const std::string near = suggestion(name, option_names(command));
    return fmt::format("{} has no option {}{}{}", full_name(command), printable(name), near,
                       near.empty() ? see : "");
  }
  return printable(error.what()) + see;
}

}  // namespace visavis
