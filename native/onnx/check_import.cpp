#include "native/onnx/check_import.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

#include "core/network/dead_channels.h"
#include "core/network/runtime.h"
#include "native/onnx/evaluate.h"
#include "native/onnx/evaluators.h"
#include "native/onnx/layout.h"

namespace visavis::onnx_graph {
namespace {

constexpr std::uint64_t kMaxMultiplyAdds = std::uint64_t{1} << 34U;
constexpr unsigned kSeed = 20261127;

/// In the range that the network's own normalisation speaks for, else -1 to 1.
std::vector<float> random_input(const ImportedNetwork& imported, std::size_t count) {
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  if (imported.normalisation) {
    const float middle = imported.normalisation->mean[0];
    const float spread = 2 * imported.normalisation->divisor[0];
    distribution = std::uniform_real_distribution<float>(middle - spread, middle + spread);
  } else if (imported.takes_bytes) {
    distribution = std::uniform_real_distribution<float>(0, 255);
  }
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random);
  return values;
}

std::vector<Constant> evaluate_graph(const Graph& graph, const std::vector<bool>& is_needed,
                                     Constant input, const std::string& source) {
  Constants values = graph.constants;
  std::map<std::string, std::size_t> last_use;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const std::string& name : graph.nodes[i].inputs) last_use[name] = i;
  }
  for (const std::string& name : graph.outputs) last_use[name] = graph.nodes.size();
  values[graph.inputs[0].name] = std::move(input);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!is_needed[i]) continue;
    const Node& node = graph.nodes[i];
    std::vector<Constant> results = evaluate(NodeReader(node, source, graph.opset, values));
    for (std::size_t k = 0; k < results.size() && k < node.outputs.size(); ++k) {
      values[node.outputs[k]] = std::move(results[k]);
    }
    for (const std::string& name : node.inputs) {
      if (last_use[name] == i) values.erase(name);
    }
  }
  std::vector<Constant> outputs;
  for (const std::string& name : graph.outputs) outputs.push_back(values.at(name));
  return outputs;
}

std::vector<Tensor> run_network(const ImportedNetwork& imported, const std::vector<float>& input) {
  Model model;
  model.network = imported.network;
  model.parameters = imported.parameters;
  Model folded = fold_batch_normalization(model);
  remove_dead_channels(folded.network, folded.parameters);
  Shape shape{1};
  shape.insert(shape.end(), model.network.input.begin(), model.network.input.end());
  return Network(folded.network, folded.parameters).run(Tensor(shape, input));
}

/// The file's output in our order.
Values in_our_order(const Constant& output, bool is_image) {
  if (!is_image) return values_of(output);
  return values_of(
      taken(output, {}, transposed_indices(output.dims, image_order(output.dims.size()))));
}

/// Nothing is asked where the graph itself gives no number, as the logarithm of a negative one.
double difference(float ours, double theirs) {
  if (std::isnan(theirs)) return 0;
  if (std::isinf(theirs) && static_cast<double>(ours) == theirs) return 0;
  const double apart = std::abs(static_cast<double>(ours) - theirs);
  return std::isnan(apart) ? INFINITY : apart;
}

}  // namespace

std::optional<double> difference_to_graph(const Graph& graph, const std::vector<bool>& is_needed,
                                          const Dims& input, const ImportedNetwork& imported,
                                          const std::string& source) {
  if (multiply_adds(imported.network) > kMaxMultiplyAdds) return std::nullopt;
  const std::vector<float> theirs = random_input(imported, element_count(input));
  std::vector<float> ours = theirs;
  if (!imported.takes_channels_last) {
    ours = std::get<0>(
        taken(Constant::floats(input, theirs), {}, transposed_indices(input, image_order(4)))
            .values);
  }
  const std::vector<Constant> expected =
      evaluate_graph(graph, is_needed, Constant::floats(input, theirs), source);
  const std::vector<Tensor> actual = run_network(imported, ours);
  double most = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Values values = in_our_order(expected[i], imported.outputs[i].is_image);
    double largest = 0;
    double apart = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (std::isfinite(values[k])) largest = std::max(largest, std::abs(values[k]));
      apart = std::max(apart, k < actual[i].size() ? difference(actual[i][k], values[k])
                                                   : static_cast<double>(INFINITY));
    }
    if (values.size() != actual[i].size()) apart = INFINITY;
    if (apart > 0) most = std::max(most, largest > 0 ? apart / largest : apart);
  }
  return most;
}

}  // namespace visavis::onnx_graph
