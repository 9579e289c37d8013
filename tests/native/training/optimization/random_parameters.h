#pragma once

#include <cstring>
#include <random>
#include <vector>

#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// A network's worth of parameters: some tiny, one of several blocks, none a multiple of a vector's
/// length, one without decay, one that is a statistic.
class RandomParameters {
 public:
  explicit RandomParameters(std::uint64_t seed) : random_(seed) {
    add("first.filter", {7, 3, 3, 3}, true, true);
    add("first.bias", {7}, true, false);
    add("norm.mean", {7}, false, false);
    add("dense.filter", {97, 131}, true, true);
    new_gradients();
  }

  std::vector<TrainableParameter<float>*> all() {
    std::vector<TrainableParameter<float>*> pointers;
    for (TrainableParameter<float>& parameter : parameters_) pointers.push_back(&parameter);
    return pointers;
  }
  TrainableParameter<float>& at(std::size_t i) { return parameters_.at(i); }
  [[nodiscard]] std::size_t size() const { return parameters_.size(); }

  void new_gradients() {
    for (TrainableParameter<float>& parameter : parameters_) fill(parameter.gradient);
  }
  void new_values() {
    for (TrainableParameter<float>& parameter : parameters_) fill(parameter.value);
  }

 private:
  void add(const char* name, Shape shape, bool is_trained, bool has_weight_decay) {
    TrainableParameter<float>& parameter = parameters_.emplace_back();
    parameter = {name, Array<float>(shape), Array<float>(shape), is_trained, has_weight_decay};
    fill(parameter.value);
  }
  /// From -1 to 1.
  void fill(Array<float>& array) {
    for (std::size_t i = 0; i < array.size(); ++i) {
      array[i] = static_cast<float>(static_cast<double>(random_() >> 11U) * 0x1p-52 - 1);
    }
  }

  std::mt19937_64 random_;
  std::vector<TrainableParameter<float>> parameters_;
};

inline bool same_bits(const Array<float>& a, const Array<float>& b) {
  return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace visavis
