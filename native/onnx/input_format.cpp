#include "native/onnx/input_format.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/error.h"

namespace visavis::onnx_graph {
namespace {

/// Operators through which the order of the axes stays what it is.
bool keeps_axes(const std::string& op) {
  static const std::set<std::string> table{
      "Add", "BatchNormalization", "Cast", "Clip", "Div", "Identity", "Mul", "Pad", "Relu", "Sub"};
  return table.contains(op);
}

/// ONNX is channels-first by its operators' rules; an exporter from a channels-last framework
/// transposes the image before the first of them, perhaps after normalising it.
std::optional<bool> by_first_operator(const Graph& graph, std::string name) {
  for (std::size_t steps = 0; steps < graph.nodes.size(); ++steps) {
    const auto reads = [&](const Node& node) {
      return std::find(node.inputs.begin(), node.inputs.end(), name) != node.inputs.end();
    };
    const auto first = std::find_if(graph.nodes.begin(), graph.nodes.end(), reads);
    if (first == graph.nodes.end() || first->outputs.empty()) return std::nullopt;
    if (first->op == "Transpose") {
      const auto found = first->attributes.find("perm");
      const auto* axes =
          found == first->attributes.end() ? nullptr : std::get_if<Dims>(&found->second);
      if (axes != nullptr && *axes == Dims{0, 3, 1, 2}) return true;
      return std::nullopt;
    }
    static const std::set<std::string> channels_first{
        "AveragePool",   "Conv",    "DepthToSpace", "GlobalAveragePool",
        "GlobalMaxPool", "MaxPool", "SpaceToDepth", "InstanceNormalization"};
    if (channels_first.contains(first->op)) return false;
    if (!keeps_axes(first->op)) return std::nullopt;
    name = first->outputs[0];
  }
  return std::nullopt;
}

bool is_channel_count(std::int64_t size) { return size == 1 || size == 3 || size == 4; }

bool is_channels_last(const Graph& graph, const Dims& dims) {
  if (const auto told = by_first_operator(graph, graph.inputs[0].name)) return *told;
  return !is_channel_count(dims[1]) && is_channel_count(dims[3]);
}

[[noreturn]] void fail_unsupported(const std::string& source, const std::string& what) {
  throw Error(ErrorCode::kUnsupported, source + ": " + what);
}

void fill(std::int64_t& dim, int given) {
  if (dim == -1 && given > 0) dim = given;
}

}  // namespace

InputFormat input_format(const Graph& graph, const std::string& source,
                         const OnnxImportOptions& options) {
  if (graph.inputs.size() != 1) {
    fail_unsupported(source, "the network has " + std::to_string(graph.inputs.size()) +
                                 " inputs; one image is supported");
  }
  const Input& input = graph.inputs[0];
  InputFormat format;
  format.dims = input.dims;
  if (input.type == ElementType::kUint8) {
    format.is_bytes = true;
  } else if (input.type != ElementType::kUndefined && input.type != ElementType::kFloat &&
             input.type != ElementType::kFloat16 && input.type != ElementType::kDouble) {
    fail_unsupported(source, "input '" + input.name + "' is " + to_string(input.type) +
                                 "; an image of float or uint8 is supported");
  }
  if (format.dims.size() == 4) {
    if (format.dims[0] == -1) format.dims[0] = 1;
    format.is_channels_last = is_channels_last(graph, format.dims);
    fill(format.dims[format.is_channels_last ? 1 : 2], options.height);
    fill(format.dims[format.is_channels_last ? 2 : 3], options.width);
  }
  const bool is_known = format.dims.size() == 4 && format.dims[0] == 1 &&
                        is_sensible(format.dims) &&
                        *std::min_element(format.dims.begin(), format.dims.end()) >= 1;
  if (!is_known) {
    fail_unsupported(source,
                     "input '" + input.name + "' is " + to_string(input.dims) +
                         "; an image of fixed size with a batch of 1 or open is supported: name an "
                         "open height and width with --size, or export the network with static "
                         "shapes");
  }
  return format;
}

std::optional<InputNormalisation> normalisation_of(const Construction& construction) {
  const NetworkSpec& network = construction.network;
  const std::size_t channels = network.input[2];
  std::vector<double> factor(channels, 1);
  std::vector<double> offset(channels, 0);
  ValueId value = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (std::find(layer.inputs.begin(), layer.inputs.end(), value) == layer.inputs.end()) continue;
    const auto* norm = std::get_if<BatchNormalization>(&layer.kind);
    if (norm == nullptr || construction.shapes[i + 1] != network.input) break;
    const auto parameter = [&](const char* name, std::size_t c) {
      return static_cast<double>(construction.parameters.at(layer.name + name)[c]);
    };
    for (std::size_t c = 0; c < channels; ++c) {
      const double scale =
          parameter(".scale", c) / std::sqrt(parameter(".variance", c) + norm->epsilon);
      factor[c] *= scale;
      offset[c] = (offset[c] - parameter(".mean", c)) * scale + parameter(".shift", c);
    }
    value = static_cast<ValueId>(i + 1);
  }
  if (value == 0) return std::nullopt;
  InputNormalisation normalisation{construction.normalised.at(value), {}, {}};
  for (std::size_t c = 0; c < channels; ++c) {
    if (factor[c] == 0) return std::nullopt;  // It takes no notice of that channel.
    normalisation.mean.push_back(static_cast<float>(-offset[c] / factor[c]));
    normalisation.divisor.push_back(static_cast<float>(1 / factor[c]));
  }
  return normalisation;
}

}  // namespace visavis::onnx_graph
