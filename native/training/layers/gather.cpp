#include "native/training/layers/gather.h"

#include <algorithm>

namespace visavis {
namespace {

/// What one kernel row (or, where that is not contiguous, one tap) reads: `count` elements, of
/// which [begin, end) lie inside of the image, the first of them at `from`.
template <class T>
struct Run {
  const T* from = nullptr;
  std::ptrdiff_t begin = 0, end = 0;
};

/// Position along an axis after spreading; -1 between or outside of the elements.
inline int position(int at, int spread, std::size_t size) {
  if (at < 0 || at % spread != 0) return -1;
  const int i = at / spread;
  return i < static_cast<int>(size) ? i : -1;
}

template <class T>
class RowGather {
 public:
  RowGather(const Gather& g, const T* from, std::size_t group)
      : g_(g),
        group_offset_(group * g.group_channels),
        joins_taps_(g.dilation_width == 1 && g.spread_width == 1 && g.channels == g.group_channels),
        run_(joins_taps_ ? static_cast<std::size_t>(g.kernel_width) * g.channels
                         : g.group_channels),
        from_(from) {}

  void start_row(std::size_t pixel) {
    const std::size_t per_sample = g_.out_height * g_.out_width;
    const std::size_t in_sample = pixel % per_sample;
    sample_ = from_ + pixel / per_sample * g_.height * g_.width * g_.channels;
    y_ = static_cast<int>(in_sample / g_.out_width) * g_.stride_height - g_.top;
    x_ = static_cast<int>(in_sample % g_.out_width) * g_.stride_width - g_.left;
  }

  /// Columns [begin, end) of the row.
  void write(std::size_t begin, std::size_t end, T* to) const {
    while (begin < end) {
      const std::size_t number = begin / run_;
      const std::size_t skipped = begin - number * run_;
      const std::size_t count = std::min(run_ - skipped, end - begin);
      write_part(run(number), static_cast<std::ptrdiff_t>(skipped),
                 static_cast<std::ptrdiff_t>(skipped + count), to);
      begin += count;
      to += count;
    }
  }

 private:
  [[nodiscard]] Run<T> run(std::size_t number) const {
    const std::size_t per_row = joins_taps_ ? 1 : static_cast<std::size_t>(g_.kernel_width);
    const int ky = static_cast<int>(number / per_row);
    const int y = position(y_ + ky * g_.dilation_height, g_.spread_height, g_.height);
    if (y < 0) return {};
    const T* row = sample_ + static_cast<std::size_t>(y) * g_.width * g_.channels;
    if (!joins_taps_) {
      const int kx = static_cast<int>(number % per_row);
      const int x = position(x_ + kx * g_.dilation_width, g_.spread_width, g_.width);
      if (x < 0) return {};
      return {row + static_cast<std::size_t>(x) * g_.channels + group_offset_, 0,
              static_cast<std::ptrdiff_t>(run_)};
    }
    const auto channels = static_cast<std::ptrdiff_t>(g_.channels);
    const std::ptrdiff_t inside_from = std::max<std::ptrdiff_t>(0, -x_);
    const std::ptrdiff_t inside_to =
        std::min<std::ptrdiff_t>(g_.kernel_width, static_cast<std::ptrdiff_t>(g_.width) - x_);
    if (inside_to <= inside_from) return {};
    return {row + (x_ + inside_from) * channels, inside_from * channels, inside_to * channels};
  }

  static void write_part(const Run<T>& run, std::ptrdiff_t begin, std::ptrdiff_t end, T* to) {
    const std::ptrdiff_t inside = std::clamp(run.begin, begin, end);
    const std::ptrdiff_t behind = std::clamp(run.end, inside, end);
    std::fill(to, to + (inside - begin), T(0));
    if (behind > inside)
      std::copy_n(run.from + (inside - run.begin), behind - inside, to + (inside - begin));
    std::fill(to + (behind - begin), to + (end - begin), T(0));
  }

  const Gather& g_;
  std::size_t group_offset_;
  bool joins_taps_;  ///< A kernel row is one run.
  std::size_t run_;  ///< Elements of a run.
  const T* from_;
  const T* sample_ = nullptr;
  int y_ = 0, x_ = 0;  ///< Of the first tap, in spread coordinates.
};

Gather plain_gather(const Window& w, const Shape& from, const Shape& to) {
  Gather g;
  g.height = from[0];
  g.width = from[1];
  g.channels = from[2];
  g.out_height = to[0];
  g.out_width = to[1];
  g.kernel_height = w.kernel_height;
  g.kernel_width = w.kernel_width;
  g.dilation_height = w.dilation_height;
  g.dilation_width = w.dilation_width;
  return g;
}

}  // namespace

Gather forward_gather(const Convolution& spec, const Shape& input, const Shape& output) {
  const Window& w = spec.window;
  Gather g = plain_gather(w, input, output);
  g.group_channels = input[2] / static_cast<std::size_t>(spec.groups);
  g.stride_height = w.stride_height;
  g.stride_width = w.stride_width;
  g.top = w.padding.top;
  g.left = w.padding.left;
  return g;
}

Gather backward_gather(const Convolution& spec, const Shape& input, const Shape& output) {
  const Window& w = spec.window;
  Gather g = plain_gather(w, output, input);
  g.group_channels = output[2] / static_cast<std::size_t>(spec.groups);
  g.spread_height = w.stride_height;
  g.spread_width = w.stride_width;
  g.top = (w.kernel_height - 1) * w.dilation_height - w.padding.top;
  g.left = (w.kernel_width - 1) * w.dilation_width - w.padding.left;
  return g;
}

template <class T>
void gather_block(const Gather& gather, const T* from, const ChannelMap<T>& map, std::size_t group,
                  std::size_t first, std::size_t rows, std::size_t block, Tile<T>& tile,
                  std::size_t tile_block) {
  const std::size_t begin = block * kBlockColumns;
  const std::size_t end = std::min(begin + kBlockColumns, gather.depth());
  if (gather.is_identity()) {
    const std::size_t offset = group * gather.group_channels + begin;
    for (std::size_t r = 0; r < rows; ++r) {
      map_row(map, offset, from + (first + r) * gather.channels + offset, tile.at(tile_block, r),
              end - begin);
    }
    return;
  }
  RowGather<T> row(gather, from, group);
  for (std::size_t r = 0; r < rows; ++r) {
    row.start_row(first + r);
    row.write(begin, end, tile.at(tile_block, r));
  }
}

template void gather_block<float>(const Gather&, const float*, const ChannelMap<float>&,
                                  std::size_t, std::size_t, std::size_t, std::size_t, Tile<float>&,
                                  std::size_t);
template void gather_block<double>(const Gather&, const double*, const ChannelMap<double>&,
                                   std::size_t, std::size_t, std::size_t, std::size_t,
                                   Tile<double>&, std::size_t);

}  // namespace visavis
