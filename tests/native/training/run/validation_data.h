#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "core/model/embedder.h"
#include "native/training/run/export_model.h"

namespace visavis {

struct ScatteredPeople {
  std::size_t photos = 0;
  std::size_t people = 0;
  std::size_t length = 0;
  float noise = 0;  ///< Length of what is added to a person's direction, which has length 1.
  std::uint64_t seed = 0;
};

inline Embedding unit(Embedding v) {
  double square = 0;
  for (const float x : v) square += static_cast<double>(x) * x;
  for (float& x : v) x = static_cast<float>(x / std::sqrt(square));
  return v;
}

/// Unit embeddings: random directions for the people, photo i being of person i % people.
inline std::pair<std::vector<Embedding>, std::vector<std::int32_t>> scattered_people(
    const ScatteredPeople& plan) {
  std::mt19937_64 random(plan.seed);
  std::normal_distribution<float> normal(0, 1);
  const auto draw = [&] {
    Embedding v(plan.length);
    for (float& x : v) x = normal(random);
    return unit(std::move(v));
  };
  std::vector<Embedding> centres(plan.people);
  for (Embedding& centre : centres) centre = draw();
  std::pair<std::vector<Embedding>, std::vector<std::int32_t>> made;
  for (std::size_t i = 0; i < plan.photos; ++i) {
    Embedding v = draw();
    const Embedding& centre = centres[i % plan.people];
    for (std::size_t k = 0; k < v.size(); ++k) v[k] = centre[k] + plan.noise * v[k];
    made.first.push_back(unit(std::move(v)));
    made.second.push_back(static_cast<std::int32_t>(i % plan.people));
  }
  return made;
}

/// Embeds a crop as its own pixels, brought to -1..1 and to unit length.
inline Model identity_model(std::size_t height, std::size_t width) {
  const std::size_t elements = height * width * 3;
  NetworkSpec spec;
  spec.input = {height, width, 3};
  const ValueId flat = add_layer(spec, "flat", Flatten{}, {0});
  const ValueId same =
      add_layer(spec, "same", FullyConnected{static_cast<int>(elements), false}, {flat});
  spec.outputs = {add_layer(spec, "unit", L2Normalize{}, {same})};
  Tensor filter({elements, elements});
  for (std::size_t i = 0; i < elements; ++i) filter[i * elements + i] = 1;
  return export_model("identity", spec, {{"same.filter", filter}}, {}, {});
}

}  // namespace visavis
