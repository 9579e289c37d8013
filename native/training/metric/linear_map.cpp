#include "native/training/metric/linear_map.h"

#include <variant>
#include <vector>

namespace visavis {
namespace {

std::string input_name(const std::string& name) { return name + "_input"; }
std::string embedding_name(const std::string& name) { return name + "_embedding"; }

/// The embeddings as Embedder gives them: of unit length.
ValueId unit_output(NetworkSpec& network, const std::string& name) {
  const ValueId output = network.outputs.front();
  if (output > 0 && std::holds_alternative<L2Normalize>(
                        network.layers[static_cast<std::size_t>(output) - 1].kind)) {
    return output;
  }
  return add_layer(network, input_name(name), L2Normalize{}, {output});
}

void resize_scales(Model& model) {
  if (model.activation_scales.empty()) return;
  model.activation_scales.resize(model.network.layers.size() + 1);
}

}  // namespace

void append_linear_map(Model& model, const std::string& name, const Eigen::MatrixXf& map,
                       const Eigen::VectorXf& offset) {
  const auto rows = static_cast<std::size_t>(map.rows());
  const auto columns = static_cast<std::size_t>(map.cols());
  NetworkSpec& network = model.network;
  const ValueId unit = unit_output(network, name);
  const ValueId mapped =
      add_layer(network, name, FullyConnected{static_cast<int>(rows), true}, {unit});
  network.outputs = {add_layer(network, embedding_name(name), L2Normalize{}, {mapped})};
  Tensor filter({rows, columns});
  Tensor bias({rows});
  for (std::size_t r = 0; r < rows; ++r) {
    const auto row = static_cast<Eigen::Index>(r);
    for (std::size_t c = 0; c < columns; ++c) {
      filter[r * columns + c] = map(row, static_cast<Eigen::Index>(c));
    }
    bias[r] = offset[row];
  }
  model.parameters.emplace(name + ".filter", std::move(filter));
  model.parameters.emplace(name + ".bias", std::move(bias));
  resize_scales(model);
}

bool remove_linear_map(Model& model, const std::string& name) {
  std::vector<Layer>& layers = model.network.layers;
  if (layers.size() < 2 || layers.back().name != embedding_name(name)) return false;
  const Layer& map = layers[layers.size() - 2];
  if (map.name != name || !std::holds_alternative<FullyConnected>(map.kind)) return false;
  model.network.outputs = map.inputs;
  layers.resize(layers.size() - 2);
  if (!layers.empty() && layers.back().name == input_name(name)) {
    model.network.outputs = layers.back().inputs;
    layers.pop_back();
  }
  model.parameters.erase(name + ".filter");
  model.parameters.erase(name + ".bias");
  resize_scales(model);
  return true;
}

}  // namespace visavis
