#include "native/training/probe/linear_probe.h"

#include <string>
#include <utility>
#include <variant>

#include "core/base/error.h"

namespace visavis {
namespace {

constexpr const char* kEmbedding = "probe-embedding";
constexpr const char* kLogits = "probe-logits";

bool is_normalized(const NetworkSpec& network, ValueId value) {
  return value > 0 && std::holds_alternative<L2Normalize>(
                          network.layers[static_cast<std::size_t>(value) - 1].kind);
}

}  // namespace

void append_probe(Model& model, const LogisticRegression& regression) {
  NetworkSpec& network = model.network;
  const std::size_t length = output_length(network);
  const auto classes = static_cast<std::size_t>(regression.weights.rows());
  if (static_cast<std::size_t>(regression.weights.cols()) != length) {
    throw Error(ErrorCode::kInvalidArgument, "probe: weights for embeddings of length " +
                                                 std::to_string(regression.weights.cols()) +
                                                 ", the model's have length " +
                                                 std::to_string(length));
  }
  ValueId embedding = network.outputs.front();
  // Embedder brings every embedding to length 1, whether its network does or not.
  if (!is_normalized(network, embedding)) {
    embedding = add_layer(network, kEmbedding, L2Normalize{}, {embedding});
  }
  network.outputs = {
      add_layer(network, kLogits, FullyConnected{static_cast<int>(classes), true}, {embedding})};
  Tensor filter({classes, length});
  Tensor bias({classes});
  for (std::size_t c = 0; c < classes; ++c) {
    const auto row = static_cast<Eigen::Index>(c);
    for (std::size_t i = 0; i < length; ++i) {
      filter[c * length + i] =
          static_cast<float>(regression.weights(row, static_cast<Eigen::Index>(i)));
    }
    bias[c] = static_cast<float>(regression.bias(row));
  }
  model.parameters.emplace(kLogits + std::string(".filter"), std::move(filter));
  model.parameters.emplace(kLogits + std::string(".bias"), std::move(bias));
  if (!model.activation_scales.empty()) {  // The probe computes in fp32.
    model.activation_scales.resize(network.layers.size() + 1);
  }
  model.kind = ModelKind::kClassifier;
  model.calibration = {};
  model.few_shot = {};
}

}  // namespace visavis
