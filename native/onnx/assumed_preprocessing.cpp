#include "native/onnx/assumed_preprocessing.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace visavis {
namespace {

/// "127.5", or "[123.7, 116.3, 103.5]".
std::string list(const std::vector<float>& values) {
  const bool all_equal =
      std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
  if (all_equal) return fmt::format("{:g}", values.at(0));
  return fmt::format("[{:g}]", fmt::join(values, ", "));
}

bool all(const std::vector<float>& values, float least, float most) {
  return std::all_of(values.begin(), values.end(),
                     [&](float value) { return value >= least && value <= most; });
}

/// (x - mean) / divisor, without what does nothing.
std::string formula(const char* x, const std::vector<float>& mean,
                    const std::vector<float>& divisor) {
  std::string text = x;
  if (!all(mean, 0, 0)) text = fmt::format("({} - {})", x, list(mean));
  if (!all(divisor, 1, 1)) text += " / " + list(divisor);
  return text;
}

Preprocessing preprocessing_of(std::size_t channels, float mean, float divisor) {
  return {std::vector<float>(channels, mean), std::vector<float>(channels, 1 / divisor)};
}

}  // namespace

AssumedPreprocessing assume_preprocessing(const ImportedNetwork& imported) {
  const std::size_t channels = imported.network.input.at(2);
  if (imported.takes_bytes) {
    return {preprocessing_of(channels, 0, 1), "by the network, which takes bytes"};
  }
  if (imported.normalisation) {
    const InputNormalisation& own = *imported.normalisation;
    const bool takes_pixels = all(own.mean, 2, 255) || all(own.divisor, 2, 1e4F);
    const bool takes_shares = all(own.mean, 0.05F, 1) && all(own.divisor, 0.05F, 1);
    if (takes_pixels) {
      return {preprocessing_of(channels, 0, 1), "by the network, which normalises 0..255 itself"};
    }
    if (takes_shares) {
      return {preprocessing_of(channels, 0, 255), "by the network, which normalises 0..1 itself"};
    }
  }
  return {
      preprocessing_of(channels, 127.5F, 127.5F),
      "assumed, since nothing says it; give --settings where the network was trained otherwise"};
}

std::string describe(const InputNormalisation& normalisation) {
  return fmt::format("{}: {}", fmt::join(normalisation.nodes, ", "),
                     formula("x", normalisation.mean, normalisation.divisor));
}

std::string describe(const Preprocessing& preprocessing) {
  std::vector<float> divisor;
  for (const float scale : preprocessing.scale) divisor.push_back(1 / scale);
  return formula("pixel", preprocessing.mean, divisor);
}

}  // namespace visavis
