#pragma once

#include <cstddef>

#include "native/training/layers/simd.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Row-wise kernels of ChannelMap and GradientMap. Written for a lane type V, which is a vector or,
/// for the channels left over, a scalar.

template <class V>
inline V below_zero(const V& condition, const V& below, const V& otherwise) {
  return condition < 0 ? below : otherwise;
}

template <class V, class T>
inline V load_as(const T* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

template <class V, class T>
inline void store_as(T* to, const V& v) {
  std::memcpy(to, &v, sizeof v);
}

/// Calls body(lane tag, channel) for whole vectors of channels and then for the rest one by one:
/// for_channels<T>(count, [&](auto lane, std::size_t c) { using V = decltype(lane); .. });
template <class T, class Body>
inline void for_channels(std::size_t count, const Body& body) {
  std::size_t c = 0;
  for (; c + kLanes<T> <= count; c += kLanes<T>) body(Vector<T>{}, c);
  for (; c < count; ++c) body(T{}, c);
}

/// y[i] = map(x[i]) for channels `first`.. of one row; a plain copy without a map.
template <class T>
inline void map_row(const ChannelMap<T>& map, std::size_t first, const T* x, T* y,
                    std::size_t count) {
  if (!map) {
    std::memcpy(y, x, count * sizeof(T));
    return;
  }
  for_channels<T>(count, [&](auto lane, std::size_t c) {
    using V = decltype(lane);
    const V u =
        load_as<V>(x + c) * load_as<V>(map.factor + first + c) + load_as<V>(map.offset + first + c);
    store_as<V>(y + c, below_zero<V>(u, u * load_as<V>(map.slope + first + c), u));
  });
}

/// to[i] = d loss / dx of channels `first`.. of one row, from x and g = d loss / dy.
template <class T>
inline void map_gradient_row(const GradientMap<T>& gradient, std::size_t first, const T* x,
                             const T* g, T* to, std::size_t count) {
  if (!gradient) {
    std::memcpy(to, g, count * sizeof(T));
    return;
  }
  const ChannelMap<T>& map = gradient.map;
  for_channels<T>(count, [&](auto lane, std::size_t c) {
    using V = decltype(lane);
    const V value = load_as<V>(x + c);
    const V factor = load_as<V>(map.factor + first + c);
    const V u = value * factor + load_as<V>(map.offset + first + c);
    const V own = load_as<V>(g + c);
    const V through = below_zero<V>(u, own * load_as<V>(map.slope + first + c), own);
    store_as<V>(to + c, factor * through + load_as<V>(gradient.x_factor + first + c) * value +
                            load_as<V>(gradient.constant + first + c));
  });
}

/// output = map(x), both [rows, channels].
template <class T>
void apply_map(const LayerContext<T>& context, const ChannelMap<T>& map, const Array<T>& x,
               Array<T>& output) {
  const std::size_t channels = x.shape().back();
  output.resize(x.shape());
  context.threads.parallel_for(x.size() / channels, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      map_row(map, 0, x.data() + row * channels, output.data() + row * channels, channels);
    }
  });
}

/// to (+)= d loss / dx; `to` may be g itself unless it adds.
template <class T>
void apply_gradient_map(const LayerContext<T>& context, const GradientMap<T>& map,
                        const Array<T>& x, const Array<T>& g, Array<T>& to, bool adds) {
  const std::size_t channels = x.shape().back();
  context.threads.parallel_for(x.size() / channels, [&](int, std::size_t begin, std::size_t end) {
    std::vector<T> buffer(adds ? channels : 0);
    for (std::size_t row = begin; row < end; ++row) {
      const std::size_t at = row * channels;
      T* target = adds ? buffer.data() : to.data() + at;
      map_gradient_row(map, 0, x.data() + at, g.data() + at, target, channels);
      if (!adds) continue;
      for (std::size_t c = 0; c < channels; ++c) to[at + c] += buffer[c];
    }
  });
}

/// For layers whose backward only adds: zeros an input gradient that is to be written.
template <class T>
void zero_unless_added(const LayerContext<T>& context, const InputGradient<T>& gradient) {
  if (gradient.values == nullptr || gradient.adds) return;
  context.threads.parallel_for(
      gradient.values->size(), [&](int, std::size_t begin, std::size_t end) {
        std::fill(gradient.values->data() + begin, gradient.values->data() + end, T(0));
      });
}

}  // namespace visavis
