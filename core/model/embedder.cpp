#include "core/model/embedder.h"

#include <cmath>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/model/preprocess.h"

namespace visavis {
namespace {

const Model& require_embedder(const Model& model) {
  if (model.kind != ModelKind::kEmbedder || model.network.outputs.size() != 1) {
    throw Error(ErrorCode::kModelMismatch, "model '" + model.name + "' (" + to_string(model.kind) +
                                               ") is no embedder with one output");
  }
  return model;
}

Embedding unit_vector(const float* values, std::size_t length) {
  double square = 0;
  for (std::size_t i = 0; i < length; ++i) square += static_cast<double>(values[i]) * values[i];
  if (!(square > 0)) {
    throw Error(ErrorCode::kInternal,
                "embedder: the network gave the zero vector; its model file is unfit");
  }
  Embedding embedding(length);
  for (std::size_t i = 0; i < length; ++i) {
    embedding[i] = static_cast<float>(values[i] / std::sqrt(square));
  }
  return embedding;
}

}  // namespace

double distance(const Embedding& a, const Embedding& b) {
  if (a.size() != b.size() || a.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "distance of embeddings of length " + std::to_string(a.size()) + " and " +
                    std::to_string(b.size()) + ": they must come from one model");
  }
  double square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - b[i];
    square += difference * difference;
  }
  return std::sqrt(square);
}

Embedding unit_mean(const std::vector<Embedding>& embeddings) {
  if (embeddings.size() == 1) return embeddings.front();
  constexpr float kMinNorm = 1e-3F;
  std::vector<float> sum(embeddings.front().size());
  float square = 0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    for (const Embedding& embedding : embeddings) sum[i] += embedding[i];
    square += sum[i] * sum[i];
  }
  if (square < kMinNorm * kMinNorm) return embeddings.front();
  return unit_vector(sum.data(), sum.size());
}

Embedder::Embedder(const Model& model, int threads)
    : network_(require_embedder(model).network, model.parameters, threads, model.activation_scales),
      preprocessing_(model.preprocessing) {}

Embedding Embedder::embed(const FineImage& crop) { return embed_batch({crop}).front(); }

std::vector<Embedding> Embedder::embed_batch(const std::vector<FineImage>& crops) {
  if (crops.empty()) return {};
  for (const FineImage& crop : crops) {
    if (crop.width != input_width() || crop.height != input_height()) {
      throw Error(ErrorCode::kInvalidArgument,
                  "embedder: crop of " + std::to_string(crop.width) + "x" +
                      std::to_string(crop.height) + " pixels, the network takes " +
                      std::to_string(input_width()) + "x" + std::to_string(input_height()));
    }
  }
  const Tensor output = network_.run(network_input(crops, preprocessing_)).front();
  require_finite(output, "embedder");
  const std::size_t length = output.size() / crops.size();
  std::vector<Embedding> embeddings;
  for (std::size_t i = 0; i < crops.size(); ++i) {
    embeddings.push_back(unit_vector(output.data() + i * length, length));
  }
  return embeddings;
}

Embedding Embedder::embed_with_mirror(const FineImage& crop) {
  return unit_mean(embed_batch({crop, mirrored(crop)}));
}

int Embedder::input_width() const { return static_cast<int>(network_.spec().input[1]); }
int Embedder::input_height() const { return static_cast<int>(network_.spec().input[0]); }

std::size_t Embedder::embedding_length() const { return output_length(network_.spec()); }

}  // namespace visavis
