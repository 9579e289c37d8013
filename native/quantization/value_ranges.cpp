#include "native/quantization/value_ranges.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>

#include "core/model/preprocess.h"
#include "core/network/runtime.h"

namespace visavis {
namespace {

constexpr std::size_t kBins = 2000;

/// Calls `use` with every value but the input, by ValueId, of every crop.
void for_each_value(Network& network, const Model& model, const std::vector<FineImage>& crops,
                    const std::function<void(std::size_t id, const Tensor& value)>& use) {
  for (const FineImage& crop : crops) {
    const Tensor input = network_input({&crop, 1}, model.preprocessing);
    use(0, input);
    const std::vector<Tensor> values = network.run(input);
    for (std::size_t i = 0; i < values.size(); ++i) use(i + 1, values[i]);
  }
}

/// The range without the elements beyond, `cut` of them at most at either end.
ValueRange inner_range(const ValueRange& whole, const std::vector<std::uint64_t>& bins,
                       std::uint64_t cut) {
  const double width = (static_cast<double>(whole.high) - whole.low) / kBins;
  std::size_t first = 0, last = kBins;
  for (std::uint64_t below = bins[0]; below <= cut && first + 1 < kBins; below += bins[first]) {
    ++first;
  }
  for (std::uint64_t above = bins[kBins - 1]; above <= cut && last > first + 1;
       above += bins[last - 1]) {
    --last;
  }
  return {static_cast<float>(whole.low + width * static_cast<double>(first)),
          static_cast<float>(whole.low + width * static_cast<double>(last))};
}

}  // namespace

NetworkSpec with_all_outputs(NetworkSpec network) {
  network.outputs.resize(network.layers.size());
  std::iota(network.outputs.begin(), network.outputs.end(), 1);
  return network;
}

std::vector<ValueRange> value_ranges(const Model& model, const std::vector<FineImage>& crops,
                                     double percentile) {
  Network network(with_all_outputs(model.network), model.parameters);
  std::vector<ValueRange> ranges(model.network.layers.size() + 1);
  std::vector<bool> has_range(ranges.size());
  for_each_value(network, model, crops, [&](std::size_t id, const Tensor& value) {
    require_finite(value, model.name);
    const auto [low, high] = std::minmax_element(value.begin(), value.end());
    ValueRange& range = ranges[id];
    range = has_range[id] ? ValueRange{std::min(range.low, *low), std::max(range.high, *high)}
                          : ValueRange{*low, *high};
    has_range[id] = true;
  });
  if (percentile >= 100) return ranges;

  std::vector<std::vector<std::uint64_t>> bins(ranges.size(), std::vector<std::uint64_t>(kBins));
  std::vector<std::uint64_t> counts(ranges.size());
  for_each_value(network, model, crops, [&](std::size_t id, const Tensor& value) {
    const ValueRange& range = ranges[id];
    const float per_unit = static_cast<float>(kBins) / std::max(range.high - range.low, 1e-30F);
    for (const float x : value) {
      const auto bin = static_cast<std::size_t>((x - range.low) * per_unit);
      ++bins[id][std::min(bin, kBins - 1)];
    }
    counts[id] += value.size();
  });
  for (std::size_t id = 0; id < ranges.size(); ++id) {
    const double cut = static_cast<double>(counts[id]) * (100 - percentile) / 200;
    ranges[id] = inner_range(ranges[id], bins[id], static_cast<std::uint64_t>(cut));
  }
  return ranges;
}

}  // namespace visavis
