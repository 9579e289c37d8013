#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/parse_number.h"
#include "native/preparation/augmentation.h"
#include "native/system/named_options.h"

namespace visavis {
namespace {

struct Key {
  std::string_view name;
  double AugmentationOptions::*value;
  double most;  ///< Allowed are 0 to this.
  std::string_view help;
};

const std::vector<Key>& keys() {
  using O = AugmentationOptions;
  static const std::vector<Key> all = {
      {"flip", &O::flip, 1, "probability of a mirror image"},
      {"shift", &O::shift, 0.5, "at most so much of the side, each way"},
      {"scale", &O::scale, 1, "factor exp(u), u in +- this"},
      {"rotate", &O::rotate, 180, "at most so many degrees each way"},
      {"shear", &O::shear, 1, "at most so much (tangent) each way"},
      {"colour", &O::colour, 1, "brightness, contrast, saturation, cast: +- so much"},
      {"gamma", &O::gamma, 1.5, "exponent exp(u), u in +- this"},
      {"grey", &O::grey, 1, "probability of a grey photo"},
      {"blur", &O::blur, 1, "probability of Gaussian or motion blur"},
      {"noise", &O::noise, 1, "probability of sensor noise"},
      {"jpeg", &O::jpeg, 1, "probability of JPEG artefacts, quality 20 to 80"},
      {"low_resolution", &O::low_resolution, 1, "probability of shrinking to 20..80% and back"},
      {"occlude", &O::occlude, 1, "probability of sunglasses, hat, mask, scarf or hand (faces)"},
      {"erase", &O::erase, 1, "probability of an erased rectangle"},
      {"thickness", &O::thickness, 1, "probability of thicker or thinner strokes"},
  };
  return all;
}

struct Preset {
  std::string_view name;
  AugmentationOptions options;
  std::string_view help;
};

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {
      {"none", {}, "the image as it is"},
      {"face",
       {.flip = 0.5,
        .shift = 0.04,
        .scale = 0.08,
        .rotate = 8,
        .colour = 0.25,
        .gamma = 0.2,
        .grey = 0.1,
        .blur = 0.1,
        .noise = 0.15,
        .jpeg = 0.15,
        .low_resolution = 0.2,
        .occlude = 0.1},
       "aligned faces: what cameras and poses vary"},
      {"face-strong",
       {.flip = 0.5,
        .shift = 0.06,
        .scale = 0.14,
        .rotate = 14,
        .colour = 0.35,
        .gamma = 0.35,
        .grey = 0.2,
        .blur = 0.2,
        .noise = 0.3,
        .jpeg = 0.3,
        .low_resolution = 0.35,
        .occlude = 0.3,
        .erase = 0.1},
       "the same and more of it, for few people or many epochs"},
      {"character",
       {.shift = 0.06, .scale = 0.15, .rotate = 10, .shear = 0.15, .thickness = 0.3},
       "drawn characters: another hand, never mirrored"},
  };
  return all;
}

std::string preset_names() {
  std::string names;
  for (const Preset& preset : presets()) {
    names += (names.empty() ? "" : ", ") + std::string(preset.name);
  }
  return names;
}

std::string key_names() {
  std::string names;
  for (const Key& key : keys()) names += (names.empty() ? "" : ", ") + std::string(key.name);
  return names;
}

/// 0.25, not 0.250000.
std::string short_number(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

[[noreturn]] void refuse_augmentation(const std::string& text, const std::string& why) {
  refuse("augmentation '" + text + "'", why);
}

void apply_change(const std::string& text, const std::string& name, const std::string& value,
                  AugmentationOptions& options) {
  const Key* found = nullptr;
  for (const Key& key : keys()) {
    if (key.name == name) found = &key;
  }
  if (found == nullptr)
    refuse_augmentation(text, "no key '" + name + "'; there are " + key_names());
  const std::optional<double> number = parse_number(value);
  if (!number || *number < 0 || *number > found->most) {
    refuse_augmentation(text, name + " is '" + value + "' but must be a number from 0 to " +
                                  short_number(found->most));
  }
  options.*(found->value) = *number;
}

}  // namespace

AugmentationOptions parse_augmentation(const std::string& text) {
  const NamedOptions parsed = parse_named_options(text, "augmentation");
  const Preset* found = nullptr;
  for (const Preset& preset : presets()) {
    if (preset.name == parsed.name) found = &preset;
  }
  if (found == nullptr) {
    refuse_augmentation(text, "no preset '" + parsed.name + "'; there are " + preset_names());
  }
  AugmentationOptions options = found->options;
  for (const auto& [key, value] : parsed.options) apply_change(text, key, value, options);
  return options;
}

std::string augmentation_help() {
  std::string help = "PRESET[:KEY=VALUE,..], presets:\n";
  const auto add_line = [&help](std::string_view name, const std::string& line) {
    help += "  " + std::string(name) + std::string(name.size() < 16 ? 16 - name.size() : 1, ' ') +
            line + "\n";
  };
  for (const Preset& preset : presets()) {
    std::string values;
    for (const Key& key : keys()) {
      const double value = preset.options.*(key.value);
      if (value == 0) continue;
      values += (values.empty() ? " (" : ",") + std::string(key.name) + "=" + short_number(value);
    }
    add_line(preset.name, std::string(preset.help) + values + (values.empty() ? "" : ")"));
  }
  help += "keys, 0 turns each off:\n";
  for (const Key& key : keys()) {
    add_line(key.name, std::string(key.help) + " (0 to " + short_number(key.most) + ")");
  }
  return help;
}

}  // namespace visavis
