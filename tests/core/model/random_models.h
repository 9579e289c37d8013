#pragma once

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "core/model/model.h"
#include "core/network/network_spec.h"
#include "core/network/tensor.h"

namespace visavis {

/// Random numbers, shapes and weights for tests. The seed is fixed, so that a failure repeats; set
/// VISAVIS_TEST_SEED to look further. Put SCOPED_TRACE(random.trace()) into the test.
class Random {
 public:
  /// For data whose exact values matter, whatever the environment says.
  enum Fixed { kAlwaysThisSeed };
  Random(unsigned seed, Fixed) : seed_(seed), engine_(seed) {}

  explicit Random(unsigned seed) : seed_(seed) {
    if (const char* given = std::getenv("VISAVIS_TEST_SEED")) {
      seed_ += static_cast<unsigned>(std::atoi(given));
    }
    engine_.seed(seed_);
  }

  [[nodiscard]] std::string trace() const { return "seed " + std::to_string(seed_); }

  /// low..high, both included. Not std::uniform_int_distribution: its results differ by library.
  int integer(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<unsigned>(high - low + 1));
  }

  bool coin() { return integer(0, 1) == 1; }

  float real(float low, float high) {
    return low + (high - low) * static_cast<float>(engine_() >> 8U) * 0x1p-24F;
  }

  Tensor tensor(const Shape& shape, float low = -1, float high = 1) {
    Tensor result(shape);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = real(low, high);
    return result;
  }

  /// Weights for every parameter of the network; variances are positive.
  Parameters parameters(const NetworkSpec& spec) {
    Parameters result;
    for (const ParameterSpec& parameter : parameter_specs(spec)) {
      const bool positive = parameter.name.ends_with(".variance");
      result[parameter.name] = tensor(parameter.shape, positive ? 0.1F : -1, positive ? 2 : 1);
    }
    return result;
  }

  /// An input for the network.
  Tensor input(const NetworkSpec& spec, std::size_t batch) {
    Shape shape = spec.input;
    shape.insert(shape.begin(), batch);
    return tensor(shape);
  }

  /// Any kernel 1..4, stride 1..3, dilation 1..2 and padding 0..2 that an input of at least 10x10
  /// can hold.
  Window window() {
    Window w;
    w.kernel_height = integer(1, 4);
    w.kernel_width = integer(1, 4);
    w.stride_height = integer(1, 3);
    w.stride_width = integer(1, 3);
    w.dilation_height = integer(1, 2);
    w.dilation_width = integer(1, 2);
    w.padding = {integer(0, 2), integer(0, 2), integer(0, 2), integer(0, 2)};
    return w;
  }

  /// window() as pools take it: padding smaller than the kernel, stride not larger.
  Window pool_window(bool may_dilate) {
    Window w = window();
    if (!may_dilate) w.dilation_height = w.dilation_width = 1;
    const int rows = (w.kernel_height - 1) * w.dilation_height;
    const int columns = (w.kernel_width - 1) * w.dilation_width;
    w.padding = {integer(0, std::min(2, rows)), integer(0, std::min(2, rows)),
                 integer(0, std::min(2, columns)), integer(0, std::min(2, columns))};
    if (w.kernel_height > 1 || w.kernel_width > 1) {
      w.stride_height = integer(1, w.kernel_height);
      w.stride_width = integer(1, w.kernel_width);
    }
    return w;
  }

  /// 10..15 a side, 1..19 channels: full and partial vectors of every kernel.
  Shape image_shape() {
    return {static_cast<std::size_t>(integer(10, 15)), static_cast<std::size_t>(integer(10, 15)),
            static_cast<std::size_t>(integer(1, 19))};
  }

 private:
  unsigned seed_;
  std::mt19937 engine_;
};

/// A network of one layer that reads the input as often as it has inputs.
inline NetworkSpec one_layer(const Shape& input, LayerKind kind, int inputs = 1) {
  NetworkSpec spec;
  spec.input = input;
  spec.outputs = {add_layer(spec, "layer", std::move(kind), std::vector<ValueId>(inputs, 0))};
  return spec;
}

}  // namespace visavis
