#include "native/commands/bench_training_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "native/system/json_file.h"

namespace visavis {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

/// Summed by kind, the slowest first.
std::vector<LayerTime> by_kind(const std::vector<LayerTime>& layers) {
  std::vector<LayerTime> kinds;
  for (const LayerTime& layer : layers) {
    auto found = std::find_if(kinds.begin(), kinds.end(),
                              [&](const LayerTime& k) { return k.kind == layer.kind; });
    if (found == kinds.end()) found = kinds.insert(found, {"", layer.kind, 0, 0});
    found->forward += layer.forward;
    found->backward += layer.backward;
  }
  std::sort(kinds.begin(), kinds.end(), [](const LayerTime& a, const LayerTime& b) {
    return a.forward + a.backward > b.forward + b.backward;
  });
  return kinds;
}

double images_per_second(const TrainingBenchResult& result, const TrainingPhases& step) {
  return result.options.batch / step.total();
}

void print_layers(const std::vector<LayerTime>& layers, bool with_names) {
  std::cout << fmt::format("\n{:<28}{:<24}{:>12}{:>12}\n", with_names ? "layer" : "", "kind",
                           "forward ms", "backward ms");
  for (const LayerTime& layer : layers) {
    std::cout << fmt::format("{:<28}{:<24}{:12.2f}{:12.2f}\n", layer.name, layer.kind,
                             layer.forward * 1e3, layer.backward * 1e3);
  }
}

}  // namespace

void print_training_text(const TrainingBenchResult& result, double product_flops,
                         bool with_layers) {
  const TrainingBenchOptions& o = result.options;
  const TrainingPhases median = result.median_step();
  const TrainingPhases best = result.fastest_step();
  std::cout << fmt::format("{} {}x{}x{}, width {}, batch {}, {}, {} thread(s), {} steps\n\n",
                           o.architecture, o.side, o.side, o.channels, o.width_factor, o.batch,
                           o.loss, o.threads, o.steps);
  std::cout << fmt::format("{:<18}{:8.1f} median, {:.1f} best\n", "images per second",
                           images_per_second(result, median), images_per_second(result, best));
  std::cout << fmt::format(
      "{:<18}{:8.1f} ms: forward {:.1f}, loss {:.1f}, backward {:.1f}, update {:.1f}\n",
      "median step", median.total() * 1e3, median.forward * 1e3, median.loss * 1e3,
      median.backward * 1e3, median.update * 1e3);
  const double rate = result.step_flops() / best.total();
  std::cout << fmt::format("{:<18}{:8.1f} GFLOP/s, {:.0f}% of a matrix product's {:.1f}\n",
                           "best step", rate * 1e-9, 100 * rate / product_flops,
                           product_flops * 1e-9);
  std::cout << fmt::format("{:<18}{:8.0f} MiB\n", "peak memory",
                           static_cast<double>(result.peak_memory) / kMiB);
  print_layers(by_kind(result.layers), false);
  if (with_layers) print_layers(result.layers, true);
}

void print_training_json(const TrainingBenchResult& result, double product_flops) {
  const TrainingBenchOptions& o = result.options;
  const TrainingPhases median = result.median_step();
  const TrainingPhases best = result.fastest_step();
  const double rate = result.step_flops() / best.total();
  nlohmann::ordered_json json{{"architecture", o.architecture},
                              {"side", o.side},
                              {"channels", o.channels},
                              {"width", o.width_factor},
                              {"batch", o.batch},
                              {"loss", o.loss},
                              {"threads", o.threads},
                              {"steps", o.steps},
                              {"images_per_second", images_per_second(result, median)},
                              {"best_images_per_second", images_per_second(result, best)},
                              {"forward_ms", median.forward * 1e3},
                              {"loss_ms", median.loss * 1e3},
                              {"backward_ms", median.backward * 1e3},
                              {"update_ms", median.update * 1e3},
                              {"gflops", rate * 1e-9},
                              {"product_gflops", product_flops * 1e-9},
                              {"share_of_gemm_peak", rate / product_flops},
                              {"peak_memory_bytes", result.peak_memory}};
  for (const LayerTime& layer : by_kind(result.layers)) {
    json["kinds"][layer.kind] = {{"forward_ms", layer.forward * 1e3},
                                 {"backward_ms", layer.backward * 1e3}};
  }
  for (const LayerTime& layer : result.layers) {
    json["layers"].push_back({{"name", layer.name},
                              {"kind", layer.kind},
                              {"forward_ms", layer.forward * 1e3},
                              {"backward_ms", layer.backward * 1e3}});
  }
  std::cout << json_text(json) << '\n';
}

}  // namespace visavis
