#pragma once

#include <string>
#include <utility>
#include <vector>

namespace visavis {

/// A name with options, as losses and augmentations are written: "triplet:margin=0.3,mining=hard".
struct NamedOptions {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;  ///< As written, each key once.
};

/// Parses "NAME[:KEY=VALUE[,KEY=VALUE..]]"; names and keys are not looked up. Throws
/// kInvalidArgument, beginning with "KIND 'NAME': " and quoting the part, for a missing name, for
/// what is not KEY=VALUE, and for a key given twice.
NamedOptions parse_named_options(const std::string& text, const std::string& kind);

/// "a,,b" has three parts, "" has one.
std::vector<std::string> split(const std::string& text, char separator);

}  // namespace visavis
