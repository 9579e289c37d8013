#pragma once

#include <cstddef>
#include <vector>

#include "native/training/layers/channel_map.h"

namespace visavis {

/// One kernel row and the prepared image row that it meets.
template <class T>
struct RowTap {
  const T* filter = nullptr;  ///< [kernel width, channels]
  const T* row = nullptr;     ///< [prepared width, channels]
  std::size_t kernel_row = 0;
};

/// The horizontal part of a depthwise convolution over prepared rows: output pixel x reads, for tap
/// k, pixel x * stride + k * dilation. Nothing leaves the row: padding is in it.
struct RowWindow {
  std::size_t channels = 0, width = 0, kernel = 0, stride = 1, dilation = 1;  ///< width: outputs.
};

/// Output pixels whose sums are kept in registers together, so that a filter tap is loaded once
/// for all of them.
constexpr std::size_t kPixelsAtOnce = 4;

template <class V, std::size_t kPixels, class T>
inline void convolve_pixels(const RowWindow& w, const std::vector<RowTap<T>>& taps, const T* bias,
                            std::size_t x, std::size_t c, T* to, bool adds) {
  V sums[kPixels];
  for (std::size_t p = 0; p < kPixels; ++p) {
    sums[p] = bias == nullptr ? V{} : load_as<V>(bias + c);
    if (adds) sums[p] += load_as<V>(to + (x + p) * w.channels + c);
  }
  for (const RowTap<T>& tap : taps) {
    const T* filter = tap.filter + c;
    const T* from = tap.row + x * w.stride * w.channels + c;
    for (std::size_t k = 0; k < w.kernel; ++k) {
      const V f = load_as<V>(filter);
      for (std::size_t p = 0; p < kPixels; ++p) {
        sums[p] += load_as<V>(from + p * w.stride * w.channels) * f;
      }
      filter += w.channels;
      from += w.dilation * w.channels;
    }
  }
  for (std::size_t p = 0; p < kPixels; ++p) store_as<V>(to + (x + p) * w.channels + c, sums[p]);
}

/// to[width, channels] (+)= bias + the sum over the taps.
template <class T>
void convolve_row(const RowWindow& w, const std::vector<RowTap<T>>& taps, const T* bias, T* to,
                  bool adds) {
  for_channels<T>(w.channels, [&](auto lane, std::size_t c) {
    using V = decltype(lane);
    std::size_t x = 0;
    for (; x + kPixelsAtOnce <= w.width; x += kPixelsAtOnce) {
      convolve_pixels<V, kPixelsAtOnce>(w, taps, bias, x, c, to, adds);
    }
    for (; x < w.width; ++x) convolve_pixels<V, 1>(w, taps, bias, x, c, to, adds);
  });
}

/// sums[k, c] += sum over pixels x of gradient[x * gradient_step, c] * row[x * stride + k *
/// dilation, c] for kTaps taps at once.
template <class V, std::size_t kTaps, class T>
inline void add_filter_taps(const RowWindow& w, const T* gradient, std::size_t gradient_step,
                            const T* row, std::size_t c, T* sums) {
  V even[kTaps] = {};
  V odd[kTaps] = {};
  const std::size_t step = w.stride * w.channels;
  const T* g = gradient + c;
  const T* a = row + c;
  std::size_t x = 0;
  for (; x + 2 <= w.width; x += 2) {
    const V g0 = load_as<V>(g);
    const V g1 = load_as<V>(g + gradient_step * w.channels);
    for (std::size_t k = 0; k < kTaps; ++k) {
      even[k] += g0 * load_as<V>(a + k * w.dilation * w.channels);
      odd[k] += g1 * load_as<V>(a + step + k * w.dilation * w.channels);
    }
    g += 2 * gradient_step * w.channels;
    a += 2 * step;
  }
  if (x < w.width) {
    const V g0 = load_as<V>(g);
    for (std::size_t k = 0; k < kTaps; ++k) {
      even[k] += g0 * load_as<V>(a + k * w.dilation * w.channels);
    }
  }
  for (std::size_t k = 0; k < kTaps; ++k) {
    T* to = sums + k * w.channels + c;
    store_as<V>(to, load_as<V>(to) + even[k] + odd[k]);
  }
}

/// The filter gradient [kernel, channels] of one kernel row from one output row.
template <class T>
void add_filter_row(const RowWindow& w, const T* gradient, std::size_t gradient_step, const T* row,
                    T* sums) {
  for_channels<T>(w.channels, [&](auto lane, std::size_t c) {
    using V = decltype(lane);
    std::size_t k = 0;
    for (; k + 3 <= w.kernel; k += 3) {
      add_filter_taps<V, 3>(w, gradient, gradient_step, row + k * w.dilation * w.channels, c,
                            sums + k * w.channels);
    }
    for (; k < w.kernel; ++k) {
      add_filter_taps<V, 1>(w, gradient, gradient_step, row + k * w.dilation * w.channels, c,
                            sums + k * w.channels);
    }
  });
}

}  // namespace visavis
