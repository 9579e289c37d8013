#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/network/activation_scales.h"
#include "core/network/network_spec.h"
#include "core/network/parameters.h"
#include "core/network/tensor.h"

namespace visavis {

/// A network ready to run through XNNPACK; runtime*.cpp is the one place that includes xnnpack.h.
/// Filters and biases are packed into XNNPACK's own copy: `parameters` may go after construction.
/// Movable, not copyable, not thread-safe (one run at a time per object).
class Network {
 public:
  /// Batch normalisations must have been folded (model.h). `threads` is 1 or more, the caller's
  /// own among them; the others sleep between layers and between runs. WebAssembly always runs on
  /// one. Layers that `scales` says so of compute in int8, with filters rounded per output channel;
  /// input and outputs stay fp32. Throws kInvalidArgument where the parameters or scales do not fit
  /// the spec, kUnsupported for what XNNPACK cannot do (naming the layer), kOutOfMemory.
  Network(const NetworkSpec& spec, const Parameters& parameters, int threads = 1,
          const ActivationScales& scales = {});
  ~Network();
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;

  /// input [batch, height, width, channels] -> one tensor [batch, ...] per spec.outputs. A new
  /// batch size re-plans the buffers once. Throws kInvalidArgument for another shape.
  std::vector<Tensor> run(const Tensor& input);

  [[nodiscard]] const NetworkSpec& spec() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
