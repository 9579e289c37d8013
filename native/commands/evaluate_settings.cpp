#include "native/commands/evaluate_settings.h"

#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <iterator>

#include "native/commands/options/protocol_options.h"
#include "native/system/processors.h"
#include "native/system/version.h"

namespace visavis {
namespace {

/// An argument without folders, quoted where a shell would split it.
std::string argument_text(const std::string& argument) {
  const std::size_t equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
  if (equals != std::string::npos) {
    return argument.substr(0, equals + 1) + argument_text(argument.substr(equals + 1));
  }
  const std::string name =
      argument.find('/') == std::string::npos ? argument : short_name(argument);
  const bool is_plain =
      !name.empty() && name.find_first_of(" \t\n'\"\\$*?;&|<>()") == std::string::npos;
  return is_plain ? name : "'" + name + "'";
}

}  // namespace

std::string date_text() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[64];  // NOLINT(cppcoreguidelines-avoid-c-arrays, modernize-avoid-c-arrays): strftime's
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M %z", &local)};
}

std::string command_text() {
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(stream), {});
  std::string text;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\0', begin), all.size());
    text += (text.empty() ? "" : " ") + argument_text(all.substr(begin, end - begin));
    begin = end + 1;
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> evaluation_settings(
    const ModelComparison& comparison, const Protocol& protocol, int threads, std::uint64_t seed) {
  std::vector<std::pair<std::string, std::string>> settings{
      {"command", command_text()},
      {"version", version()},
      {"protocol", protocol.name},
      {"data fingerprint", protocol_fingerprint(protocol)},
  };
  for (const ModelResult& model : comparison.models) {
    settings.emplace_back("model " + model.name, model.fingerprint + ", " + model.file);
  }
  settings.emplace_back("processor", processor_name());
  settings.emplace_back("threads", std::to_string(thread_count(threads)));
  settings.emplace_back("seed", std::to_string(seed));
  if (comparison.models.front().strangers) {
    settings.emplace_back("strangers", comparison.models.front().strangers->source);
  }
  return settings;
}

}  // namespace visavis
