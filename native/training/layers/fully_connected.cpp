#include "native/training/layers/layer_maker.h"
#include "native/training/layers/matrix.h"

namespace visavis {
namespace {

/// y = W x + b over all features of a sample.
template <class T>
class FullyConnectedLayer final : public TrainableLayer<T> {
 public:
  FullyConnectedLayer(const std::string& name, const FullyConnected& spec, const Shape& input)
      : has_bias_(spec.has_bias),
        in_(element_count(input)),
        out_(static_cast<std::size_t>(spec.out_features)) {
    filter_.set_up(name + ".filter", {out_, in_});
    if (!has_bias_) return;
    bias_.set_up(name + ".bias", {out_});
    bias_.has_weight_decay = false;
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    if (has_bias_) return {&filter_, &bias_};
    return {&filter_};
  }

  // input [n, in], output [n, out] = input filter^T + bias. Split over outputs: the batch may be
  // small.
  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    const std::size_t batch = inputs[0].values->shape()[0];
    output.resize({batch, out_});
    const ConstMatrixView<T> in(inputs[0].values->data(), index(batch), index(in_));
    const ConstMatrixView<T> filter(filter_.value.data(), index(out_), index(in_));
    MatrixView<T> out(output.data(), index(batch), index(out_));
    context.threads.parallel_for(out_, [&](int, std::size_t begin, std::size_t end) {
      auto block = out.middleCols(index(begin), index(end - begin));
      block.noalias() = in * filter.middleRows(index(begin), index(end - begin)).transpose();
      if (has_bias_) {
        block.rowwise() += ConstRowView<T>(bias_.value.data() + begin, index(end - begin));
      }
    });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>&, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    const std::size_t batch = inputs[0].values->shape()[0];
    const ConstMatrixView<T> in(inputs[0].values->data(), index(batch), index(in_));
    const ConstMatrixView<T> gradient(output_gradient.values->data(), index(batch), index(out_));
    const ConstMatrixView<T> filter(filter_.value.data(), index(out_), index(in_));
    MatrixView<T> filter_gradient(filter_.gradient.data(), index(out_), index(in_));
    context.threads.parallel_for(out_, [&](int, std::size_t begin, std::size_t end) {
      const auto columns = gradient.middleCols(index(begin), index(end - begin));
      filter_gradient.middleRows(index(begin), index(end - begin)).noalias() +=
          columns.transpose() * in;
      if (has_bias_) {
        RowView<T>(bias_.gradient.data() + begin, index(end - begin)) += columns.colwise().sum();
      }
    });
    if (input_gradients[0].values == nullptr) return;
    MatrixView<T> input_gradient(input_gradients[0].values->data(), index(batch), index(in_));
    context.threads.parallel_for(in_, [&](int, std::size_t begin, std::size_t end) {
      auto to = input_gradient.middleCols(index(begin), index(end - begin));
      if (!input_gradients[0].adds) to.setZero();
      to.noalias() += gradient * filter.middleCols(index(begin), index(end - begin));
    });
  }

 private:
  bool has_bias_;
  std::size_t in_;
  std::size_t out_;
  TrainableParameter<T> filter_;  // [out, in]
  TrainableParameter<T> bias_;    // [out]
};

}  // namespace

template <class T>
auto LayerMaker<T>::operator()(const FullyConnected& spec) const -> Made {
  return std::make_unique<FullyConnectedLayer<T>>(layer.name, spec, inputs[0]);
}

VISAVIS_INSTANTIATE_LAYER(FullyConnected)

}  // namespace visavis
