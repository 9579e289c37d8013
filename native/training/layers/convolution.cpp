#include "native/training/layers/convolution.h"

#include <algorithm>

#include "native/training/layers/matrix.h"
#include "native/training/layers/slice_sums.h"

namespace visavis {
namespace {

/// Floats of im2col per tile: with the filters it should stay in the second-level cache (1 MB
/// here).
constexpr std::size_t kTileElements = 48 * 1024;

struct Geometry {
  std::size_t in_height, in_width, in_channels;
  std::size_t out_height, out_width, out_channels;
  std::size_t groups, group_in, group_out;
  std::size_t kernel_height, kernel_width;
  std::size_t patch;  // Columns of im2col: kernel_height * kernel_width * group_in.
};

std::size_t output_side(std::size_t in, int before, int after, int kernel, int stride,
                        int dilation) {
  return (in + static_cast<std::size_t>(before + after) -
          static_cast<std::size_t>(dilation * (kernel - 1) + 1)) /
             static_cast<std::size_t>(stride) +
         1;
}

Geometry geometry_of(const Convolution& spec, const Shape& input) {
  const Window& w = spec.window;
  Geometry g{};
  g.in_height = input[0];
  g.in_width = input[1];
  g.in_channels = input[2];
  g.out_height = output_side(g.in_height, w.padding.top, w.padding.bottom, w.kernel_height,
                             w.stride_height, w.dilation_height);
  g.out_width = output_side(g.in_width, w.padding.left, w.padding.right, w.kernel_width,
                            w.stride_width, w.dilation_width);
  g.out_channels = static_cast<std::size_t>(spec.out_channels);
  g.groups = static_cast<std::size_t>(spec.groups);
  g.group_in = g.in_channels / g.groups;
  g.group_out = g.out_channels / g.groups;
  g.kernel_height = static_cast<std::size_t>(w.kernel_height);
  g.kernel_width = static_cast<std::size_t>(w.kernel_width);
  g.patch = g.kernel_height * g.kernel_width * g.group_in;
  return g;
}

template <class T>
class ConvolutionLayer final : public TrainableLayer<T> {
 public:
  ConvolutionLayer(const std::string& name, const Convolution& spec, const Shape& input)
      : spec_(spec), g_(geometry_of(spec, input)) {
    filter_.name = name + ".filter";
    filter_.value.resize({g_.out_channels, g_.kernel_height, g_.kernel_width, g_.group_in});
    filter_.gradient.resize(filter_.value.shape());
    if (!spec_.has_bias) return;
    bias_.name = name + ".bias";
    bias_.has_weight_decay = false;
    bias_.value.resize({g_.out_channels});
    bias_.gradient.resize({g_.out_channels});
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    if (spec_.has_bias) return {&filter_, &bias_};
    return {&filter_};
  }

  // input [n, ih, iw, ic], output [n, oh, ow, oc]
  void forward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
               Array<T>& output) override {
    const Array<T>& input = *inputs[0];
    const std::size_t batch = input.shape()[0];
    output.resize({batch, g_.out_height, g_.out_width, g_.out_channels});
    context.threads.parallel_for(batch, [&](int, std::size_t begin, std::size_t end) {
      std::vector<T> columns;
      for_each_tile(begin, end, [&](std::size_t first_pixel, std::size_t pixels) {
        for (std::size_t group = 0; group < g_.groups; ++group) {
          const T* patches = gather(input, first_pixel, pixels, group, columns);
          auto out = group_block(output.data(), first_pixel, pixels, group);
          out.noalias() = ConstMatrixView<T>(patches, index(pixels), index(g_.patch)) *
                          group_filter(group).transpose();
        }
        if (spec_.has_bias) {
          MatrixView<T> out(output.data() + first_pixel * g_.out_channels, index(pixels),
                            index(g_.out_channels));
          out.rowwise() += ConstRowView<T>(bias_.value.data(), index(g_.out_channels));
        }
      });
    });
  }

  void backward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
                const Array<T>&, const Array<T>& output_gradient,
                const std::vector<Array<T>*>& input_gradients) override {
    const Array<T>& input = *inputs[0];
    const std::size_t batch = input.shape()[0];
    filter_sums_.reset(context.threads.threads(), filter_.value.size());
    bias_sums_.reset(context.threads.threads(), spec_.has_bias ? g_.out_channels : 0);
    context.threads.parallel_for(batch, [&](int slice, std::size_t begin, std::size_t end) {
      std::vector<T> columns;
      std::vector<T> column_gradients;
      for_each_tile(begin, end, [&](std::size_t first_pixel, std::size_t pixels) {
        for (std::size_t group = 0; group < g_.groups; ++group) {
          const T* patches = gather(input, first_pixel, pixels, group, columns);
          const auto gradient = group_block(output_gradient.data(), first_pixel, pixels, group);
          MatrixView<T> sums(filter_sums_.slice(slice) + group * g_.group_out * g_.patch,
                             index(g_.group_out), index(g_.patch));
          sums.noalias() +=
              gradient.transpose() * ConstMatrixView<T>(patches, index(pixels), index(g_.patch));
          if (input_gradients[0] != nullptr) {
            add_input_gradient(*input_gradients[0], gradient, first_pixel, pixels, group,
                               column_gradients);
          }
        }
        if (spec_.has_bias) {
          const ConstMatrixView<T> gradient(output_gradient.data() + first_pixel * g_.out_channels,
                                            index(pixels), index(g_.out_channels));
          RowView<T>(bias_sums_.slice(slice), index(g_.out_channels)) += gradient.colwise().sum();
        }
      });
    });
    filter_sums_.add_to(filter_.gradient.data());
    if (spec_.has_bias) bias_sums_.add_to(bias_.gradient.data());
  }

 private:
  /// 1x1, stride 1, no padding, one group: the input is its own im2col.
  [[nodiscard]] bool is_pointwise() const {
    const Window& w = spec_.window;
    return g_.groups == 1 && g_.kernel_height == 1 && g_.kernel_width == 1 &&
           w.stride_height == 1 && w.stride_width == 1 && g_.out_height == g_.in_height &&
           g_.out_width == g_.in_width;
  }

  /// Calls tile(first_pixel, pixels) over the output pixels of samples begin..end, counted through
  /// the whole batch.
  template <class Tile>
  void for_each_tile(std::size_t begin, std::size_t end, const Tile& tile) const {
    const std::size_t per_sample = g_.out_height * g_.out_width;
    const std::size_t row = std::max(g_.patch, g_.out_channels);
    const std::size_t step = std::max<std::size_t>(16, kTileElements / row);
    for (std::size_t pixel = begin * per_sample; pixel < end * per_sample; pixel += step) {
      tile(pixel, std::min(step, end * per_sample - pixel));
    }
  }

  [[nodiscard]] ConstMatrixView<T> group_filter(std::size_t group) const {
    return {filter_.value.data() + group * g_.group_out * g_.patch, index(g_.group_out),
            index(g_.patch)};
  }

  /// The pixels' channels of one group, in an output-shaped array.
  template <class Pointer>
  auto group_block(Pointer* data, std::size_t first_pixel, std::size_t pixels,
                   std::size_t group) const {
    using Matrix = std::conditional_t<std::is_const_v<Pointer>, const RowMajor<T>, RowMajor<T>>;
    return Eigen::Map<Matrix, 0, Eigen::OuterStride<>>(
        data + first_pixel * g_.out_channels + group * g_.group_out, index(pixels),
        index(g_.group_out), Eigen::OuterStride<>(index(g_.out_channels)));
  }

  /// Calls visit(tap, inside, input_offset) for every (output pixel, kernel tap) of the tile in
  /// im2col's order; input_offset counts from the array's start to the group's first channel.
  template <class Visit>
  void for_each_tap(std::size_t first_pixel, std::size_t pixels, std::size_t group,
                    const Visit& visit) const {
    const Window& w = spec_.window;
    const std::size_t per_sample = g_.out_height * g_.out_width;
    std::size_t tap = 0;
    for (std::size_t p = first_pixel; p < first_pixel + pixels; ++p) {
      const std::size_t sample = p / per_sample;
      const int out_y = static_cast<int>(p % per_sample / g_.out_width);
      const int out_x = static_cast<int>(p % g_.out_width);
      for (int ky = 0; ky < w.kernel_height; ++ky) {
        const int y = out_y * w.stride_height - w.padding.top + ky * w.dilation_height;
        for (int kx = 0; kx < w.kernel_width; ++kx, ++tap) {
          const int x = out_x * w.stride_width - w.padding.left + kx * w.dilation_width;
          const bool is_inside = y >= 0 && x >= 0 && y < static_cast<int>(g_.in_height) &&
                                 x < static_cast<int>(g_.in_width);
          const std::size_t offset =
              is_inside ? ((sample * g_.in_height + static_cast<std::size_t>(y)) * g_.in_width +
                           static_cast<std::size_t>(x)) *
                                  g_.in_channels +
                              group * g_.group_in
                        : 0;
          visit(tap, is_inside, offset);
        }
      }
    }
  }

  /// im2col of a tile: [pixels, patch]. Points into the input itself where that is the same.
  const T* gather(const Array<T>& input, std::size_t first_pixel, std::size_t pixels,
                  std::size_t group, std::vector<T>& columns) const {
    if (is_pointwise()) return input.data() + first_pixel * g_.in_channels;
    columns.resize(pixels * g_.patch);
    for_each_tap(first_pixel, pixels, group,
                 [&](std::size_t tap, bool is_inside, std::size_t offset) {
                   T* to = columns.data() + tap * g_.group_in;
                   if (is_inside) {
                     std::copy_n(input.data() + offset, g_.group_in, to);
                   } else {
                     std::fill_n(to, g_.group_in, T(0));
                   }
                 });
    return columns.data();
  }

  template <class Block>
  void add_input_gradient(Array<T>& input_gradient, const Block& gradient, std::size_t first_pixel,
                          std::size_t pixels, std::size_t group, std::vector<T>& columns) const {
    if (is_pointwise()) {
      MatrixView<T> to(input_gradient.data() + first_pixel * g_.in_channels, index(pixels),
                       index(g_.in_channels));
      to.noalias() += gradient * group_filter(0);
      return;
    }
    columns.resize(pixels * g_.patch);
    MatrixView<T>(columns.data(), index(pixels), index(g_.patch)).noalias() =
        gradient * group_filter(group);
    for_each_tap(first_pixel, pixels, group,
                 [&](std::size_t tap, bool is_inside, std::size_t offset) {
                   if (!is_inside) return;
                   const T* from = columns.data() + tap * g_.group_in;
                   T* to = input_gradient.data() + offset;
                   for (std::size_t c = 0; c < g_.group_in; ++c) to[c] += from[c];
                 });
  }

  Convolution spec_;
  Geometry g_;
  TrainableParameter<T> filter_;  // [oc, kh, kw, ic / groups]
  TrainableParameter<T> bias_;    // [oc]
  SliceSums<T> filter_sums_;
  SliceSums<T> bias_sums_;
};

}  // namespace

template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Convolution& spec,
                                                  const Shape& input) {
  return std::make_unique<ConvolutionLayer<T>>(name, spec, input);
}

template std::unique_ptr<TrainableLayer<float>> make_trainable<float>(const std::string&,
                                                                      const Convolution&,
                                                                      const Shape&);
template std::unique_ptr<TrainableLayer<double>> make_trainable<double>(const std::string&,
                                                                        const Convolution&,
                                                                        const Shape&);

}  // namespace visavis
