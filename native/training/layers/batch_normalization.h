#pragma once

#include <string>

#include "core/network/network_spec.h"
#include "native/training/layers/slice_sums.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

enum class FusedActivation { kNone, kRelu, kPrelu };

/// Batch normalisation (Ioffe & Szegedy 2015) over batch, height and width, with running
/// statistics; in a distributed run over the batch of all ranks. May be fused with the rectifier
/// that follows it. As a plain layer it writes its output. A network uses its steps instead, which
/// write no output: statistics are summed while the producer makes the value, consumers apply the
/// map while they read, and the producer's backward applies the gradient map.
template <class T>
class BatchNormalizationLayer final : public TrainableLayer<T> {
 public:
  /// `activation_name` is the PReLU layer's. The last dimension of `input` counts the channels.
  BatchNormalizationLayer(const std::string& name, const BatchNormalization& spec,
                          FusedActivation activation, const std::string& activation_name,
                          const Shape& input);

  std::vector<TrainableParameter<T>*> parameters() override;
  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>* observer) override;
  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override;

  /// Step 1: the observer of the rows that the producer of x writes; null in inference.
  RowObserver<T>* start_forward(const LayerContext<T>& context);
  /// Step 2, once x is complete: the map from x to y; valid until the next forward.
  ChannelMap<T> finish_forward(const LayerContext<T>& context, const Array<T>& x,
                               bool was_observed);
  /// Step 3: the observer of the rows that the last contributor to d loss / dy writes.
  RowObserver<T>* start_backward(const LayerContext<T>& context, const Array<T>& x);
  /// Step 4, once d loss / dy is complete: adds to the parameters' gradients. Returns the map from
  /// d loss / dy to d loss / dx; valid until the next backward.
  GradientMap<T> finish_backward(const LayerContext<T>& context, const Array<T>& x,
                                 const Array<T>& gradient, bool was_observed);

 private:
  class Statistics final : public RowObserver<T> {
   public:
    explicit Statistics(BatchNormalizationLayer& layer) : layer_(layer) {}
    void observe(int slice, const T* values, std::size_t first_row, std::size_t rows) override;

   private:
    BatchNormalizationLayer& layer_;
  };
  class GradientStatistics final : public RowObserver<T> {
   public:
    explicit GradientStatistics(BatchNormalizationLayer& layer) : layer_(layer) {}
    void observe(int slice, const T* values, std::size_t first_row, std::size_t rows) override;

   private:
    BatchNormalizationLayer& layer_;
  };

  void observe_all(const LayerContext<T>& context, const Array<T>& values,
                   RowObserver<T>& observer) const;
  void use_batch_statistics(const LayerContext<T>& context, std::size_t rows);
  void use_running_statistics();

  T epsilon_;
  std::size_t channels_;
  FusedActivation activation_;
  TrainableParameter<T> scale_, shift_, mean_, variance_, slope_;  // [c] each
  std::size_t rows_ = 1;                                           // Of all ranks.
  std::vector<T> used_mean_, inverse_deviation_;
  std::vector<T> factor_, offset_, fixed_slope_;  // The map.
  std::vector<T> x_factor_, constant_;            // The gradient map's own.
  const T* observed_x_ = nullptr;
  SliceSums<T> sums_;  // Forward: d, d^2; backward: gu, gu * (x - mean), slope's. [slices, 3 c]
  Statistics statistics_{*this};
  GradientStatistics gradient_statistics_{*this};
};

extern template class BatchNormalizationLayer<float>;
extern template class BatchNormalizationLayer<double>;

}  // namespace visavis
