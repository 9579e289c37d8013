#include "native/system/named_options.h"

#include <algorithm>

#include "core/base/error.h"

namespace visavis {

NamedOptions parse_named_options(const std::string& text, const std::string& kind) {
  const std::size_t colon = text.find(':');
  NamedOptions parsed{text.substr(0, colon), {}};
  const std::string subject = kind + " '" + parsed.name + "'";
  if (parsed.name.empty()) refuse(subject, "a name is missing; write NAME[:KEY=VALUE,..]");
  if (colon == std::string::npos) return parsed;
  for (const std::string& option : split(text.substr(colon + 1), ',')) {
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == option.size()) {
      refuse(subject, "option '" + option + "' is not KEY=VALUE");
    }
    const std::string key = option.substr(0, equals);
    if (std::any_of(parsed.options.begin(), parsed.options.end(),
                    [&](const auto& other) { return other.first == key; })) {
      refuse(subject, "option '" + key + "' is given twice");
    }
    parsed.options.emplace_back(key, option.substr(equals + 1));
  }
  return parsed;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

}  // namespace visavis
