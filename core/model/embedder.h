#pragma once

#include <vector>

#include "core/image/image.h"
#include "core/model/model.h"
#include "core/network/runtime.h"

namespace visavis {

/// A point on the unit sphere.
using Embedding = std::vector<float>;

/// L2 norm of the difference, 0..2 for unit embeddings. Throws kInvalidArgument when the lengths
/// differ or one is empty.
double distance(const Embedding& a, const Embedding& b);

/// The mean of one or more unit embeddings of one length, brought to length 1. Where they cancel
/// out (a sum shorter than 1e-3) there is no mean direction: the first stands for it. One embedding
/// is its own mean, to the last bit.
Embedding unit_mean(const std::vector<Embedding>& embeddings);

/// Turns aligned crops into embeddings.
class Embedder {
 public:
  /// Throws kModelMismatch when the model is no embedder.
  explicit Embedder(const Model& model, int threads = 1);

  /// The crop must have the network's input size (kInvalidArgument otherwise). Throws kInternal for
  /// a non-finite or zero output.
  Embedding embed(const FineImage& crop);
  std::vector<Embedding> embed_batch(const std::vector<FineImage>& crops);
  /// The unit mean of the crop's embedding and its mirror image's: a little more exact, at twice
  /// the time.
  Embedding embed_with_mirror(const FineImage& crop);

  [[nodiscard]] int input_width() const;
  [[nodiscard]] int input_height() const;
  [[nodiscard]] std::size_t embedding_length() const;

 private:
  Network network_;
  Preprocessing preprocessing_;
};

}  // namespace visavis
