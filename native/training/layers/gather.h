#pragma once

#include <cstddef>

#include "core/network/network_spec.h"
#include "native/training/layers/channel_map.h"
#include "native/training/layers/gemm.h"

namespace visavis {

/// im2col (Chellapilla et al. 2006) of a tile at a time: row p holds what output pixel p reads,
/// kernel taps by channels, zeros where the kernel leaves the image. It serves the backward pass
/// too: the gradient of a convolution's input is a convolution of the output's gradient, with the
/// kernel rotated by 180 degrees and, for a stride s, s - 1 zeros between the pixels it reads
/// (`spread`).
struct Gather {
  std::size_t height = 0, width = 0, channels = 0;  ///< Of what is read.
  std::size_t out_height = 0, out_width = 0;
  std::size_t group_channels = 0;  ///< Read per tap.
  int kernel_height = 1, kernel_width = 1;
  int stride_height = 1, stride_width = 1;
  int dilation_height = 1, dilation_width = 1;
  int spread_height = 1, spread_width = 1;
  int top = 0, left = 0;  ///< Padding; negative where rows are cut off.

  [[nodiscard]] std::size_t depth() const {
    return static_cast<std::size_t>(kernel_height) * static_cast<std::size_t>(kernel_width) *
           group_channels;
  }
  /// Every output pixel reads just the pixel of the same number.
  [[nodiscard]] bool is_identity() const {
    return kernel_height == 1 && kernel_width == 1 && stride_height == 1 && stride_width == 1 &&
           spread_height == 1 && spread_width == 1 && top == 0 && left == 0 &&
           height == out_height && width == out_width;
  }
};

/// For the forward pass.
Gather forward_gather(const Convolution& spec, const Shape& input, const Shape& output);
/// For the backward pass, with the kernel rotated by 180 degrees.
Gather backward_gather(const Convolution& spec, const Shape& input, const Shape& output);

/// Writes columns [256 * block, ..) of the rows of output pixels `first`.. (counted through the
/// batch) to block `tile_block` of the tile. `from` is [batch, height, width, channels]; the map
/// needs an identity gather.
template <class T>
void gather_block(const Gather& gather, const T* from, const ChannelMap<T>& map, std::size_t group,
                  std::size_t first, std::size_t rows, std::size_t block, Tile<T>& tile,
                  std::size_t tile_block);

}  // namespace visavis
