#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/model/classifier.h"
#include "core/model/model_file.h"
#include "core/rates/calibration.h"
#include "core/rates/operating_points.h"
#include "native/commands/models/model_commands.h"
#include "native/commands/options/exit_codes.h"
#include "native/models/calibration_json.h"
#include "native/models/model_files.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

using Json = nlohmann::ordered_json;

struct LayerRow {
  std::string name;
  std::string kind;
  Shape output;
  std::uint64_t parameters = 0;
  std::uint64_t multiply_adds = 0;
};

struct Report {
  std::string file;
  std::uint64_t bytes = 0;
  WeightStorage storage = WeightStorage::kFloat32;
  Model model;
  std::vector<Shape> outputs;
  std::vector<LayerRow> layers;
  std::uint64_t parameters = 0;
  std::uint64_t multiply_adds = 0;
};

std::string window_text(const Window& window) {
  std::string text = fmt::format(" {}x{}", window.kernel_height, window.kernel_width);
  if (window.stride_height > 1 || window.stride_width > 1) {
    text += fmt::format(" /{}", window.stride_height);
    if (window.stride_width != window.stride_height)
      text += fmt::format("x{}", window.stride_width);
  }
  return text;
}

/// "depthwise convolution 3x3 /2": the kind, its kernel, its stride if that is not 1.
std::string describe(const LayerKind& kind) {
  const std::string window =
      std::visit(Overloaded{[](const Convolution& c) { return window_text(c.window); },
                            [](const DepthwiseConvolution& c) { return window_text(c.window); },
                            [](const MaxPool& p) { return window_text(p.window); },
                            [](const AveragePool& p) { return window_text(p.window); },
                            [](const Clip& c) { return fmt::format(" {:g}..{:g}", c.min, c.max); },
                            [](const LeakyRelu& l) { return fmt::format(" {:g}", l.slope); },
                            [](const ParameterFree auto&) { return std::string(); },
                            [](const OneOf<FullyConnected, BatchNormalization, Prelu> auto&) {
                              return std::string();
                            }},
                 kind);
  return kind_name(kind) + window;
}

std::vector<LayerRow> layer_rows(const Model& model) {
  const std::vector<Shape> shapes = infer_shapes(model.network);
  std::vector<LayerRow> rows;
  NetworkSpec grown;  // Layer by layer, since multiply_adds counts a whole network.
  grown.input = model.network.input;
  std::uint64_t before = 0;
  for (const Layer& layer : model.network.layers) {
    grown.layers.push_back(layer);
    const std::uint64_t total = multiply_adds(grown);
    rows.push_back(
        {layer.name, describe(layer.kind), shapes[grown.layers.size()], 0, total - before});
    before = total;
    const std::string prefix = layer.name + ".";
    for (auto it = model.parameters.lower_bound(prefix);
         it != model.parameters.end() && it->first.starts_with(prefix); ++it) {
      rows.back().parameters += it->second.size();
    }
  }
  return rows;
}

std::size_t int8_layers(const Model& model) {
  const ActivationScales& scales = model.activation_scales;
  return static_cast<std::size_t>(std::count_if(
      scales.begin(), scales.end(), [](const auto& value) { return value.is_computed_in_int8; }));
}

Report inspect(const std::filesystem::path& path) {
  Report report;
  report.file = path.string();
  const std::vector<std::uint8_t> bytes = read_model_bytes(path);
  report.bytes = bytes.size();
  report.model = load_model(bytes, report.file, &report.storage);
  const std::vector<Shape> shapes = infer_shapes(report.model.network);
  for (const ValueId id : report.model.network.outputs) {
    report.outputs.push_back(shapes[static_cast<std::size_t>(id)]);
  }
  report.layers = layer_rows(report.model);
  for (const LayerRow& row : report.layers) {
    report.parameters += row.parameters;
    report.multiply_adds += row.multiply_adds;
  }
  return report;
}

/// Threshold and rates are left out of those that the table has too few pairs for.
Json operating_points_json(const CalibrationTable& table) {
  Json json = Json::array();
  for (const NamedOperatingPoint& point : named_operating_points(table)) {
    json.push_back({{"name", point.wanted.name}, {"wanted_fmr", point.wanted.fmr}});
    if (!point.measured) continue;
    const CalibrationPoint& measured = *point.measured;
    json.back()["threshold"] = measured.distance;
    json.back()["fmr"] = measured.fmr.value;
    json.back()["fmr_ci95"] = {measured.fmr.low, measured.fmr.high};
    json.back()["fnmr"] = measured.fnmr.value;
    json.back()["fnmr_ci95"] = {measured.fnmr.low, measured.fnmr.high};
  }
  return json;
}

std::size_t head_parameters(const FewShotHead& head) {
  std::size_t count = 0;
  for (const auto& [name, tensor] : head.parameters) count += tensor.size();
  return count;
}

const char* similarity_name(Similarity similarity) {
  return similarity == Similarity::kCosine ? "cosine" : "euclidean";
}

Json head_json(const Model& model) {
  const FewShotHead& head = model.few_shot;
  Json json{{"kind", visavis::to_string(head.kind)}, {"parameters", head_parameters(head)}};
  if (head.kind == FewShotHeadKind::kFullContext) {
    json["similarity"] = similarity_name(head.similarity);
    json["scale"] = head.scale;
    json["steps"] = head.steps;
  }
  return json;
}

Json to_json(const Report& report) {
  const Model& model = report.model;
  Json layers = Json::array();
  for (const LayerRow& row : report.layers) {
    layers.push_back({{"name", row.name},
                      {"kind", row.kind},
                      {"output", row.output},
                      {"parameters", row.parameters},
                      {"multiply_adds", row.multiply_adds}});
  }
  Json points = Json::array();
  for (const Point& point : model.alignment.points) points.push_back({point.x, point.y});
  Json record = Json::object();
  for (const auto& [name, value] : model.record) record[name] = value;
  Json json{{"file", report.file},
            {"bytes", report.bytes},
            {"weights", visavis::to_string(report.storage)},
            {"int8_layers", int8_layers(model)},
            {"name", model.name},
            {"kind", visavis::to_string(model.kind)},
            {"input", model.network.input},
            {"outputs", report.outputs},
            {"parameters", report.parameters},
            {"multiply_adds", report.multiply_adds},
            {"mean", model.preprocessing.mean},
            {"scale", model.preprocessing.scale},
            {"template", points},
            {"layers", layers},
            {"record", record}};
  if (model.kind == ModelKind::kClassifier) json["classes"] = class_names(model);
  if (model.few_shot.kind != FewShotHeadKind::kNone) json["few_shot_head"] = head_json(model);
  if (!model.calibration.points.empty()) {
    json["operating_points"] = operating_points_json(model.calibration);
    json["calibration"] = visavis::to_json(model.calibration);
  }
  return json;
}

std::string percent(const Rate& rate) {
  return fmt::format("{:.3g}% ({:.2g}-{:.2g}%)", 100 * rate.value, 100 * rate.low, 100 * rate.high);
}

/// "127, 127, 127" is "127"
std::string list(const std::vector<float>& values) {
  const bool all_equal =
      std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
  if (all_equal && !values.empty()) return fmt::format("{:g}", values[0]);
  return fmt::format("[{:g}]", fmt::join(values, ", "));
}

void print_head(const Report& report) {
  const Model& model = report.model;
  std::vector<std::string> outputs;
  for (const Shape& shape : report.outputs) outputs.push_back(visavis::to_string(shape));
  std::vector<float> divisor;
  for (const float scale : model.preprocessing.scale) divisor.push_back(1 / scale);
  fmt::print(std::cout, "{}: {}\n\n", model.name, visavis::to_string(model.kind));
  fmt::print(std::cout, "file      {}, {:.2f} MB, weights {}\n", report.file,
             static_cast<double>(report.bytes) / 1e6, visavis::to_string(report.storage));
  fmt::print(std::cout, "network   {} layers, {:.3f} M parameters, {:.1f} M multiply-adds\n",
             report.layers.size(), static_cast<double>(report.parameters) / 1e6,
             static_cast<double>(report.multiply_adds) / 1e6);
  if (const std::size_t count = int8_layers(model); count > 0) {
    fmt::print(std::cout, "computes  {} of {} layers in int8\n", count, report.layers.size());
  }
  fmt::print(std::cout, "input     {}, (pixel - {}) / {}\n",
             visavis::to_string(model.network.input), list(model.preprocessing.mean),
             list(divisor));
  fmt::print(std::cout, "output    {}\n", fmt::join(outputs, ", "));
  if (!model.alignment.points.empty()) {
    std::vector<std::string> points;
    for (const Point& point : model.alignment.points) {
      points.push_back(fmt::format("({:.2f}, {:.2f})", point.x, point.y));
    }
    fmt::print(std::cout, "template  {}\n", fmt::join(points, " "));
  }
  const std::vector<std::string> classes = class_names(model);
  if (!classes.empty())
    fmt::print(std::cout, "classes   {}\n", printable(fmt::format("{}", fmt::join(classes, ", "))));
  for (const AnchorGrid& grid : model.detector.grids) {
    fmt::print(std::cout, "anchors   {} in every {}x{} pixels, {} keypoints\n", grid.per_cell,
               grid.stride, grid.stride, model.detector.keypoints);
  }
}

void print_head_of_few_shot(const FewShotHead& head) {
  if (head.kind == FewShotHeadKind::kNone) return;
  fmt::print(std::cout, "few-shot  {}, {} parameters", visavis::to_string(head.kind),
             head_parameters(head));
  if (head.kind == FewShotHeadKind::kFullContext) {
    fmt::print(std::cout, ", {} similarity x{:g}, {} steps of attention",
               similarity_name(head.similarity), head.scale, head.steps);
  }
  fmt::print(std::cout, "\n");
}

void print_layers(const Report& report) {
  std::size_t name_width = 5;
  std::size_t kind_width = 4;
  for (const LayerRow& row : report.layers) {
    name_width = std::max(name_width, row.name.size());
    kind_width = std::max(kind_width, row.kind.size());
  }
  fmt::print(std::cout, "\n{:<{}}  {:<{}}  {:>12}  {:>10}  {:>13}\n", "layer", name_width, "kind",
             kind_width, "output", "parameters", "multiply-adds");
  const auto count = [](std::uint64_t value) { return value == 0 ? "-" : std::to_string(value); };
  for (const LayerRow& row : report.layers) {
    fmt::print(std::cout, "{:<{}}  {:<{}}  {:>12}  {:>10}  {:>13}\n", row.name, name_width,
               row.kind, kind_width, visavis::to_string(row.output), count(row.parameters),
               count(row.multiply_adds));
  }
}

void print_calibration(const CalibrationTable& table) {
  if (table.points.empty()) return;
  fmt::print(std::cout,
             "\ncalibration  {}\n             {} genuine and {} impostor pairs, threshold {:.4f}\n",
             table.source, table.genuine_pairs, table.impostor_pairs, table.threshold);
  fmt::print(std::cout, "\n{:<15}  {:>9}  {:>26}  {:>26}\n", "operating point", "threshold",
             "FMR (95% interval)", "FNMR (95% interval)");
  for (const NamedOperatingPoint& point : named_operating_points(table)) {
    if (point.measured) {
      fmt::print(std::cout, "{:<15}  {:>9.4f}  {:>26}  {:>26}\n", point.wanted.name,
                 point.measured->distance, percent(point.measured->fmr),
                 percent(point.measured->fnmr));
    } else {
      fmt::print(std::cout, "{:<15}  {:>9}  FMR {:g} would take {:.0f} impostor pairs\n",
                 point.wanted.name, "not told", point.wanted.fmr,
                 kFewestFalseMatches / point.wanted.fmr);
    }
  }
}

void print_record(const Record& record) {
  std::size_t width = 0;
  for (const auto& [name, value] : record) width = std::max(width, name.size());
  if (!record.empty()) fmt::print(std::cout, "\n");
  for (const auto& [name, value] : record)
    fmt::print(std::cout, "{:<{}}  {}\n", name, width, printable(value));
}

}  // namespace

void add_inspect_command(CLI::App& app, int& exit_code, const MoreInspection& more) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand(
      "inspect", "Show what a model file holds: layers, sizes, preprocessing, calibration, origin");
  command->add_option("model", options->model, "The model file")->required();
  command->add_flag("--json", options->json, "One JSON object instead of a table");
  if (more.add_options) more.add_options(*command);
  command->callback([options, more, &exit_code] {
    exit_code = kExitDone;
    if (more.show && more.show(*options)) return;
    const Report report = inspect(options->model);
    if (options->json) {
      fmt::print(std::cout, "{}\n", json_text(to_json(report)));
    } else {
      print_head(report);
      print_head_of_few_shot(report.model.few_shot);
      print_layers(report);
      print_calibration(report.model.calibration);
      print_record(report.model.record);
    }
  });
}

}  // namespace visavis
