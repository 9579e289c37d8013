#include <algorithm>

#include "native/training/layers/channel_map.h"
#include "native/training/layers/gather.h"
#include "native/training/layers/gemm.h"
#include "native/training/layers/layer_maker.h"
#include "native/training/layers/slice_sums.h"

namespace visavis {
namespace {

/// Convolution as im2col and a matrix product, in tiles of output pixels that stay in the cache
/// (Chellapilla et al. 2006, "High performance convolutional neural networks for document
/// processing"); a 1x1 convolution needs no im2col at all. `input` is [h, w, c].
template <class T>
class ConvolutionLayer final : public TrainableLayer<T> {
 public:
  ConvolutionLayer(const std::string& name, const Convolution& spec, const Shape& input)
      : has_bias_(spec.has_bias),
        groups_(static_cast<std::size_t>(spec.groups)),
        in_(input),
        out_(infer_shapes({input, {{name, spec, {0}}}, {}}).back()),
        forward_(forward_gather(spec, in_, out_)),
        backward_(backward_gather(spec, in_, out_)) {
    filter_.set_up(name + ".filter",
                   {out_[2], static_cast<std::size_t>(spec.window.kernel_height),
                    static_cast<std::size_t>(spec.window.kernel_width), forward_.group_channels});
    if (!has_bias_) return;
    bias_.set_up(name + ".bias", {out_[2]});
    bias_.has_weight_decay = false;
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    if (has_bias_) return {&filter_, &bias_};
    return {&filter_};
  }

  /// A larger kernel reads every input element many times: a map would be applied as often.
  [[nodiscard]] LayerAbilities abilities(bool has_input_gradient) const override {
    const bool is_pointwise = forward_.is_identity();
    return {is_pointwise, is_pointwise || !has_input_gradient, true};
  }

  // input [n, ih, iw, ic], output [n, oh, ow, oc]
  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>* observer) override {
    const std::size_t batch = inputs[0].values->shape()[0];
    output.resize({batch, out_[0], out_[1], out_[2]});
    std::vector<PackedMatrix<T>> filters(groups_);
    for (std::size_t group = 0; group < groups_; ++group) {
      filters[group].pack(group_of(filter_.value, group), depth(), group_out(), 1, depth());
    }
    for_each_tile(context, batch * out_[0] * out_[1],
                  [&](int slice, auto& tiles, std::size_t first, std::size_t rows) {
                    T* out = output.data() + first * out_[2];
                    for (std::size_t group = 0; group < groups_; ++group) {
                      multiply(forward_, inputs[0].values->data(), inputs[0].map, group, first,
                               rows, filters[group], out + group * group_out(), out_[2], false,
                               tiles.columns);
                    }
                    if (has_bias_) add_bias(out, rows);
                    if (observer != nullptr) observer->observe(slice, out, first, rows);
                  });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    const InputGradient<T>& to = input_gradients[0];
    std::vector<PackedMatrix<T>> filters(to.values == nullptr ? 0 : groups_);
    for (std::size_t group = 0; group < filters.size(); ++group) {
      pack_turned(group, filters[group]);
    }
    const bool is_joint = to.values != nullptr && forward_.is_identity();
    filter_sums_.reset(context.threads.threads(), filter_.value.size());
    bias_sums_.reset(context.threads.threads(), has_bias_ ? out_[2] : 0);
    for_each_tile(
        context, output.size() / out_[2],
        [&](int slice, auto& tiles, std::size_t first, std::size_t rows) {
          for (std::size_t group = 0; group < groups_; ++group) {
            fill_gradient(output, output_gradient, group, first, rows, tiles.gradient);
            add_filter_gradient(inputs[0], group, first, rows, tiles, filter_sums_.slice(slice));
            if (has_bias_) add_bias_gradient(tiles.gradient, group, rows, bias_sums_.slice(slice));
            if (!is_joint) continue;
            T* target = to.values->data() + first * in_[2] + group * forward_.group_channels;
            for (std::size_t b = 0; b < Tile<T>::blocks(group_out()); ++b) {
              multiply_block(tiles.gradient, b, rows, filters[group], b, target, in_[2],
                             to.adds || b > 0);
            }
          }
          if (is_joint) show(to, slice, first, rows);
        });
    filter_sums_.add_to(filter_.gradient.data());
    if (has_bias_) bias_sums_.add_to(bias_.gradient.data());
    if (to.values == nullptr || is_joint) return;
    for_each_tile(context, to.values->size() / in_[2],
                  [&](int slice, auto& tiles, std::size_t first, std::size_t rows) {
                    for (std::size_t group = 0; group < groups_; ++group) {
                      multiply(backward_, output_gradient.values->data(), {}, group, first, rows,
                               filters[group],
                               to.values->data() + first * in_[2] + group * forward_.group_channels,
                               in_[2], to.adds, tiles.columns);
                    }
                    show(to, slice, first, rows);
                  });
  }

 private:
  struct Tiles {
    Tile<T> columns;   ///< One block of im2col.
    Tile<T> gradient;  ///< Of the output, all blocks of a group.
  };

  [[nodiscard]] std::size_t depth() const { return forward_.depth(); }
  [[nodiscard]] std::size_t group_out() const { return backward_.group_channels; }
  [[nodiscard]] const T* group_of(const Array<T>& filter, std::size_t group) const {
    return filter.data() + group * group_out() * depth();
  }

  /// body(slice, tiles, first pixel, pixels) over all pixels of the batch.
  template <class Body>
  void for_each_tile(const LayerContext<T>& context, std::size_t pixels, const Body& body) const {
    const std::size_t count = (pixels + kTileRows - 1) / kTileRows;
    context.threads.parallel_for(count, [&](int slice, std::size_t begin, std::size_t end) {
      Tiles tiles;
      tiles.columns.reserve(kBlockColumns);
      tiles.gradient.reserve(group_out());
      for (std::size_t i = begin; i < end; ++i) {
        body(slice, tiles, i * kTileRows, std::min(kTileRows, pixels - i * kTileRows));
      }
    });
  }

  /// The kernel of the way back: [taps turned round * group's outputs, group's inputs].
  void pack_turned(std::size_t group, PackedMatrix<T>& packed) const {
    const std::size_t channels = forward_.group_channels;
    const std::size_t taps = depth() / channels;
    packed.pack_grouped(group_of(filter_.value, group) + (taps - 1) * channels, taps * group_out(),
                        channels, group_out(), -static_cast<std::ptrdiff_t>(channels), depth(), 1);
  }

  /// to[rows, matrix columns] (+)= im2col of the pixels times the matrix.
  static void multiply(const Gather& gather, const T* from, const ChannelMap<T>& map,
                       std::size_t group, std::size_t first, std::size_t rows,
                       const PackedMatrix<T>& matrix, T* to, std::size_t stride, bool adds,
                       Tile<T>& tile) {
    for (std::size_t b = 0; b < Tile<T>::blocks(gather.depth()); ++b) {
      gather_block(gather, from, map, group, first, rows, b, tile, 0);
      multiply_block(tile, 0, rows, matrix, b, to, stride, adds || b > 0);
    }
  }

  void add_bias(T* out, std::size_t rows) const {
    for (std::size_t r = 0; r < rows; ++r, out += out_[2]) {
      for (std::size_t c = 0; c < out_[2]; ++c) out[c] += bias_.value[c];
    }
  }

  void fill_gradient(const Array<T>& output, const OutputGradient<T>& gradient, std::size_t group,
                     std::size_t first, std::size_t rows, Tile<T>& tile) const {
    for (std::size_t b = 0; b < Tile<T>::blocks(group_out()); ++b) {
      const std::size_t channel = group * group_out() + b * kBlockColumns;
      const std::size_t count = std::min(kBlockColumns, group_out() - b * kBlockColumns);
      for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t at = (first + r) * out_[2] + channel;
        map_gradient_row(gradient.map, channel, output.data() + at, gradient.values->data() + at,
                         tile.at(b, r), count);
      }
    }
  }

  void add_filter_gradient(const LayerInput<T>& input, std::size_t group, std::size_t first,
                           std::size_t rows, Tiles& tiles, T* all_sums) const {
    T* sums = all_sums + group * group_out() * depth();
    for (std::size_t k = 0; k < Tile<T>::blocks(depth()); ++k) {
      gather_block(forward_, input.values->data(), input.map, group, first, rows, k, tiles.columns,
                   0);
      const std::size_t column = k * kBlockColumns;
      for (std::size_t b = 0; b < Tile<T>::blocks(group_out()); ++b) {
        const std::size_t row = b * kBlockColumns;
        add_transposed_product(tiles.gradient, b, std::min(kBlockColumns, group_out() - row),
                               tiles.columns, 0, std::min(kBlockColumns, depth() - column), rows,
                               sums + row * depth() + column, depth());
      }
    }
  }

  void add_bias_gradient(const Tile<T>& gradient, std::size_t group, std::size_t rows,
                         T* sums) const {
    for (std::size_t c = 0; c < group_out(); ++c) {
      T sum = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        sum += gradient.at(c / kBlockColumns, r)[c % kBlockColumns];
      }
      sums[group * group_out() + c] += sum;
    }
  }

  void show(const InputGradient<T>& to, int slice, std::size_t first, std::size_t rows) const {
    if (to.observer == nullptr) return;
    to.observer->observe(slice, to.values->data() + first * in_[2], first, rows);
  }

  bool has_bias_;
  std::size_t groups_;
  Shape in_;
  Shape out_;
  Gather forward_;
  Gather backward_;
  TrainableParameter<T> filter_;  // [oc, kh, kw, ic / groups]
  TrainableParameter<T> bias_;    // [oc]
  SliceSums<T> filter_sums_;
  SliceSums<T> bias_sums_;
};

}  // namespace

template <class T>
auto LayerMaker<T>::operator()(const Convolution& spec) const -> Made {
  return std::make_unique<ConvolutionLayer<T>>(layer.name, spec, inputs[0]);
}

VISAVIS_INSTANTIATE_LAYER(Convolution)

}  // namespace visavis
