#include "native/onnx_importer.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "native/onnx/converters.h"
#include "native/onnx/graph.h"
#include "native/onnx/operation.h"

namespace visavis {
namespace {

using namespace onnx_graph;

using Convert = void (*)(Operation&);

const std::map<std::string_view, Convert>& converters() {
  static const std::map<std::string_view, Convert> table{
      {"Add", convert_add},
      {"AveragePool", convert_average_pool},
      {"BatchNormalization", convert_batch_normalization},
      {"Cast", convert_identity},
      {"Concat", convert_concat},
      {"Conv", convert_convolution},
      {"Div", convert_divide},
      {"Dropout", convert_identity},
      {"Flatten", convert_flatten},
      {"Gemm", convert_gemm},
      {"GlobalAveragePool", convert_global_average_pool},
      {"GlobalMaxPool", convert_global_max_pool},
      {"Identity", convert_identity},
      {"LeakyRelu", convert_leaky_relu},
      {"LpNormalization", convert_lp_normalization},
      {"MatMul", convert_mat_mul},
      {"MaxPool", convert_max_pool},
      {"Mul", convert_multiply},
      {"PRelu", convert_prelu},
      {"Pad", convert_pad},
      {"ReduceMean", convert_reduce_mean},
      {"Relu", convert_relu},
      {"Reshape", convert_reshape},
      {"Sigmoid", convert_sigmoid},
      {"Squeeze", convert_squeeze},
      {"Sub", convert_subtract},
      {"Transpose", convert_transpose},
      {"Unsqueeze", convert_unsqueeze},
  };
  return table;
}

std::string supported_operators() {
  std::string names;
  for (const auto& [name, convert] : converters()) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

/// Which nodes an output depends on.
std::vector<bool> needed_nodes(const Graph& graph) {
  std::set<std::string> wanted(graph.outputs.begin(), graph.outputs.end());
  std::vector<bool> is_needed(graph.nodes.size(), false);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    is_needed[i] = std::any_of(node.outputs.begin(), node.outputs.end(),
                               [&](const std::string& name) { return wanted.contains(name); });
    if (is_needed[i]) wanted.insert(node.inputs.begin(), node.inputs.end());
  }
  return is_needed;
}

/// ONNX is channels-first by its operators' rules; an exporter from a channels-last framework
/// transposes the input before anything else.
bool is_channels_last(const Graph& graph, const std::string& input) {
  const auto reads_input = [&](const Node& node) {
    return std::find(node.inputs.begin(), node.inputs.end(), input) != node.inputs.end();
  };
  const auto first = std::find_if(graph.nodes.begin(), graph.nodes.end(), reads_input);
  if (first == graph.nodes.end() || first->op != "Transpose") return false;
  const auto permutation = first->attributes.find("perm");
  if (permutation == first->attributes.end()) return false;
  const auto* axes = std::get_if<Dims>(&permutation->second);
  return axes != nullptr && *axes == Dims{0, 3, 1, 2};
}

Construction begin(const Graph& graph, const std::string& source) {
  Construction construction;
  construction.source = source;
  construction.opset = graph.opset;
  construction.constants = graph.constants;
  if (graph.inputs.size() != 1) {
    throw Error(ErrorCode::kUnsupported, source + ": the network has " +
                                             std::to_string(graph.inputs.size()) +
                                             " inputs; one image is supported");
  }
  const Input& input = graph.inputs[0];
  Dims dims = input.dims;
  if (!dims.empty() && dims[0] == -1) dims[0] = 1;
  if (dims.size() != 4 || dims[0] != 1 || *std::min_element(dims.begin(), dims.end()) < 1 ||
      !is_sensible(dims)) {
    throw Error(ErrorCode::kUnsupported,
                source + ": input '" + input.name + "' is " + to_string(input.dims) +
                    "; an image of fixed size with a batch of 1 or open is supported: export the "
                    "network with static shapes");
  }
  const bool channels_last = is_channels_last(graph, input.name);
  const auto size = [&](std::size_t i) { return static_cast<std::size_t>(dims[i]); };
  construction.network.input =
      channels_last ? Shape{size(1), size(2), size(3)} : Shape{size(2), size(3), size(1)};
  construction.shapes = {construction.network.input};
  construction.values[input.name] = {0, dims,
                                     channels_last ? Layout::kSameOrder : Layout::kChannelsFirst};
  return construction;
}

void convert(const Node& node, Construction& construction) {
  Operation operation(node, construction);
  if (fold_constant(operation)) return;
  const auto found = converters().find(node.op);
  if (found == converters().end()) {
    operation.unsupported("is not supported; change the network to use only " +
                          supported_operators());
  }
  found->second(operation);
}

/// Gives the output the shape that ONNX gives it, or that of an image in our layout.
ValueId finish_output(const std::string& name, Construction& construction) {
  const auto found = construction.values.find(name);
  if (found == construction.values.end()) {
    throw Error(ErrorCode::kInvalidArgument,
                construction.source + ": output '" + name + "' is computed by no node");
  }
  const Node output{"Identity", name, {name}, {name}, {}};
  Operation operation(output, construction);
  const Value value = found->second;
  return operation.channels_last(value);
}

}  // namespace

ImportedNetwork import_onnx(std::span<const std::uint8_t> bytes, const std::string& source) {
  const Graph graph = read_graph(bytes, source);
  Construction construction = begin(graph, source);
  const std::vector<bool> is_needed = needed_nodes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_needed[i]) convert(graph.nodes[i], construction);
  }
  for (const std::string& output : graph.outputs) {
    construction.network.outputs.push_back(finish_output(output, construction));
  }
  try {
    infer_shapes(construction.network);  // Also checks the outputs.
  } catch (const Error& error) {
    throw Error(error.code(), source + ": " + error.what());
  }
  return {std::move(construction.network), std::move(construction.parameters), graph.producer};
}

}  // namespace visavis
