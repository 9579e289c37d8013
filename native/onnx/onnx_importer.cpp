#include "native/onnx/onnx_importer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/error.h"
#include "core/base/with_subject.h"
#include "core/network/clean_parameters.h"
#include "native/onnx/check_import.h"
#include "native/onnx/converters.h"
#include "native/onnx/finish_network.h"
#include "native/onnx/graph.h"
#include "native/onnx/input_format.h"
#include "native/onnx/operation.h"

namespace visavis {
namespace {

using namespace onnx_graph;

/// Which nodes an output depends on.
std::vector<bool> needed_nodes(const Graph& graph) {
  std::set<std::string> wanted(graph.outputs.begin(), graph.outputs.end());
  std::vector<bool> is_needed(graph.nodes.size(), false);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    is_needed[i] = std::any_of(node.outputs.begin(), node.outputs.end(), [&](const auto& name) {
      return !name.empty() && wanted.contains(name);
    });
    if (is_needed[i]) wanted.insert(node.inputs.begin(), node.inputs.end());
  }
  return is_needed;
}

Construction begin(const Graph& graph, const std::string& source, const InputFormat& format) {
  Construction construction;
  construction.source = source;
  construction.opset = graph.opset;
  construction.constants = graph.constants;
  const auto order = format.is_channels_last ? natural_order(4) : image_order(4);
  Shape shape = shape_in_order(format.dims, order);
  shape.erase(shape.begin());
  construction.network.input = shape;
  construction.shapes = {shape};
  const std::string& name = graph.inputs[0].name;
  construction.values[name] = {0, format.dims, ordered_layout(format.dims, order)};
  construction.normalised[0] = {};
  construction.is_channels_last = format.is_channels_last;
  return construction;
}

void convert(const Node& node, Construction& construction) {
  Operation operation(node, construction);
  for (const std::string& input : node.inputs) {
    if (!input.empty() && !construction.values.contains(input) &&
        !construction.constants.contains(input)) {
      operation.broken("input '" + input +
                       "' is used before it exists, or is an output that is not computed here");
    }
  }
  if (fold_constant(operation)) return;
  const Convert found = find_converter(node.op);
  if (found == nullptr) {
    operation.unsupported(
        "is not supported; export the network without it (`visavis import onnx --help` lists the "
        "operators that are)");
  }
  found(operation);
}

/// An image in our order where it is held as one; anything else in ONNX's order, the batch left
/// out.
ImportedOutput finish_output(const std::string& name, Construction& construction) {
  const auto found = construction.values.find(name);
  if (found == construction.values.end()) {
    const bool is_constant = construction.constants.contains(name);
    throw Error(is_constant ? ErrorCode::kUnsupported : ErrorCode::kInvalidArgument,
                construction.source + ": output '" + name + "' " +
                    (is_constant ? "does not depend on the input; leave it out of the network"
                                 : "is computed by no node"));
  }
  const Node output{"output", name, {name}, {name}, {}};
  Operation operation(output, construction);
  const Value value = found->second;
  const bool has_image_order =
      value.dims.size() == 4 && value.dims[0] == 1 && lies_in_order(value.layout, image_order(4));
  // Where both orders are one, by what the network takes.
  const bool is_image = has_image_order && !(construction.is_channels_last &&
                                             lies_in_order(value.layout, natural_order(4)));
  const auto order = is_image ? image_order(4) : natural_order(value.dims.size());
  Shape shape = shape_in_order(value.dims, order);
  if (shape.size() > 1 && shape[0] == 1) shape.erase(shape.begin());
  if (shape.empty()) shape = {1};
  if (shape.size() > 5) shape = {element_count(shape)};
  ValueId id = operation.arranged(value, order, shape);
  const auto& outputs = construction.network.outputs;
  if (id == 0 || std::find(outputs.begin(), outputs.end(), id) != outputs.end()) {
    id = operation.add("reshape", Reshape{shape}, {id});  // An output is a layer's, and once.
  }
  construction.network.outputs.push_back(id);
  return {name, value.dims, is_image};
}

ImportedNetwork build(const Graph& graph, const std::vector<bool>& is_needed,
                      const InputFormat& format, const std::string& source) {
  Construction construction = begin(graph, source, format);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_needed[i]) convert(graph.nodes[i], construction);
  }
  ImportedNetwork imported;
  imported.producer = graph.producer;
  imported.takes_channels_last = format.is_channels_last;
  imported.takes_bytes = format.is_bytes;
  for (const std::string& output : graph.outputs) {
    imported.outputs.push_back(finish_output(output, construction));
  }
  if (imported.outputs.empty()) {
    throw Error(ErrorCode::kInvalidArgument, source + ": the network has no output");
  }
  imported.normalisation = normalisation_of(construction);
  imported.network = std::move(construction.network);
  imported.parameters = std::move(construction.parameters);
  join_activations(imported.network, imported.parameters);
  drop_unused_layers(imported.network, imported.parameters);
  zero_tiny_weights(imported.parameters);
  infer_shapes(imported.network);  // Also checks the outputs.
  return imported;
}

/// Steps make a rounding error as large as they are.
bool has_steps(const NetworkSpec& network) {
  return std::any_of(network.layers.begin(), network.layers.end(), [](const Layer& layer) {
    const auto* function = std::get_if<Elementwise>(&layer.kind);
    return function != nullptr &&
           (function->function == Function::kFloor || function->function == Function::kCeiling ||
            function->function == Function::kRound || function->function == Function::kSign);
  });
}

void check(const Graph& graph, const std::vector<bool>& is_needed, const InputFormat& format,
           const std::string& source, ImportedNetwork& imported) {
  // Both sum in float, in another order: about 1e-6 for a hundred layers.
  constexpr double kTolerance = 1e-3;
  imported.difference = difference_to_graph(graph, is_needed, format.dims, imported, source);
  if (imported.difference && *imported.difference > kTolerance && !has_steps(imported.network)) {
    throw Error(ErrorCode::kInternal,
                "the imported network would not compute what the file says (it differs by " +
                    std::to_string(*imported.difference) +
                    " of the largest output); please report the file");
  }
}

}  // namespace

std::string importable_operators() {
  std::string names;
  for (const std::string& name : converter_names()) names += (names.empty() ? "" : ", ") + name;
  return names;
}

ImportedNetwork import_onnx(std::span<const std::uint8_t> bytes, const std::string& source,
                            const OnnxImportOptions& options) {
  const Graph graph = read_graph(bytes, source);
  return with_subject(source, [&] {
    const InputFormat format = input_format(graph, source, options);
    const std::vector<bool> is_needed = needed_nodes(graph);
    ImportedNetwork imported = build(graph, is_needed, format, source);
    check(graph, is_needed, format, source, imported);
    return imported;
  });
}

}  // namespace visavis
