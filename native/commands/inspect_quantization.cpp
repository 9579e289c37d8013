#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "native/commands/commands.h"
#include "native/commands/options/model_options.h"
#include "native/data/photo_inputs.h"
#include "native/quantization/calibration_crops.h"
#include "native/quantization/quantization_report.h"
#include "native/system/json_file.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> photos;
  std::string against;
  std::string models;
  int threads = 0;
};

/// JSON has no infinity: null stands for no noise at all.
Json decibels_json(double decibels) {
  return std::isfinite(decibels) ? Json(decibels) : Json(nullptr);
}

Json to_json(const QuantizationReport& report) {
  Json layers = Json::array();
  for (const LayerNoise& noise : report.layers) {
    Json layer{{"name", noise.layer},
               {"is_int8", noise.scale.is_computed_in_int8},
               {"range", {noise.range.low, noise.range.high}},
               {"decibels", decibels_json(noise.decibels)}};
    if (noise.scale.scale > 0) {
      layer["scale"] = noise.scale.scale;
      layer["zero_point"] = noise.scale.zero_point;
    }
    if (noise.output_decibels_alone) {
      layer["output_decibels_alone"] = decibels_json(*noise.output_decibels_alone);
    }
    layers.push_back(layer);
  }
  return {{"crops", report.crops},
          {"median_distance", report.median_distance},
          {"distance_999", report.distance_999},
          {"layers", layers}};
}

std::string decibels_text(double decibels) {
  return std::isfinite(decibels) ? fmt::format("{:.1f}", decibels) : "exact";
}

void print(const QuantizationReport& report) {
  std::size_t width = 5;
  for (const LayerNoise& noise : report.layers) width = std::max(width, noise.layer.size());
  fmt::print(std::cout, "{:<{}}  {:>22}  {:>9}  {:>4}  {:>4}  {:>6}  {:>12}\n", "layer", width,
             "range in fp32", "scale", "zero", "in", "dB", "output alone");
  for (const LayerNoise& noise : report.layers) {
    const bool has_scale = noise.scale.scale > 0;
    fmt::print(std::cout, "{:<{}}  {:>22}  {:>9}  {:>4}  {:>4}  {:>6}  {:>12}\n", noise.layer,
               width, fmt::format("{:.4g} to {:.4g}", noise.range.low, noise.range.high),
               has_scale ? fmt::format("{:.3g}", noise.scale.scale) : "-",
               has_scale ? std::to_string(noise.scale.zero_point) : "-",
               noise.scale.is_computed_in_int8 ? "int8" : "fp32", decibels_text(noise.decibels),
               noise.output_decibels_alone ? decibels_text(*noise.output_decibels_alone) : "-");
  }
  fmt::print(
      std::cout,
      "\nunit output, distance to fp32 on {} crops: median {:.4f}, 99.9th percentile {:.4f}\n",
      report.crops, report.median_distance, report.distance_999);
}

bool show(const Options& options, const InspectOptions& inspected) {
  if (options.photos.empty()) return false;
  const PhotoInputs inputs = open_photos(options.photos, terminal_progress());
  ModelChoice choice;
  choice.folder = options.models;
  choice.embedder = inspected.model.string();
  const Model model = read_model(inspected.model);
  const Model reference = options.against.empty() ? model : read_model(options.against);
  const QuantizationReport report = report_quantization(
      model, reference,
      calibration_crops(choice, inputs.photos, options.threads, terminal_progress()));
  if (inspected.json) {
    std::cout << json_text(to_json(report)) << '\n';
  } else {
    print(report);
  }
  return true;
}

}  // namespace

MoreInspection quantization_inspection() {
  auto options = std::make_shared<Options>();
  return {[options](CLI::App& command) {
            command.add_option("--quantization", options->photos,
                               "Of an embedder that computes in int8, show each layer's range, "
                               "scale and signal to quantisation noise on these photos instead");
            command.add_option("--against", options->against,
                               "With --quantization: the model to compare with, in fp32 (default: "
                               "the model itself)");
            command.add_option(
                "--models", options->models,
                "With --quantization: folder of the models that find and align faces");
            add_threads_option(command, options->threads);
          },
          [options](const InspectOptions& inspected) { return show(*options, inspected); }};
}

}  // namespace visavis
