#include "native/training/layers/gemm.h"

#include <algorithm>
#include <array>

#include "native/training/layers/simd.h"

namespace visavis {
namespace {

/// A kernel is two vectors wide; its height fills the registers: 24 sums of 32 registers, or 12 of
/// 16.
template <class T>
constexpr std::size_t kWidth = 2 * kLanes<T>;
constexpr std::size_t kHeight = kVectorBytes == 64 ? 12 : 6;
/// Of the transposed product: channels come in multiples of 8.
constexpr std::size_t kTransposedHeight = kVectorBytes == 64 ? 8 : 4;
static_assert(kTileRows % kHeight == 0 && kBlockColumns % kTransposedHeight == 0);

/// to[kRows, kWidth] (+)= sum over d < depth of a[row * kRowStride + d * kDepthStride] * b[d *
/// kPanelStride + column].
template <std::size_t kRows, std::size_t kRowStride, std::size_t kDepthStride,
          std::size_t kPanelStride, class T>
inline void run_kernel(std::size_t depth, const T* __restrict a, const T* __restrict b,
                       T* __restrict to, std::size_t to_stride, bool adds) {
  Vector<T> sums[kRows][2];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kRows; ++r) sums[r][0] = sums[r][1] = Vector<T>{};
  for (std::size_t d = 0; d < depth; ++d, a += kDepthStride, b += kPanelStride) {
    const Vector<T> b0 = load(b);
    const Vector<T> b1 = load(b + kLanes<T>);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kRows; ++r) {
      const Vector<T> x = broadcast(a[r * kRowStride]);
      sums[r][0] += x * b0;
      sums[r][1] += x * b1;
    }
  }
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kRows; ++r, to += to_stride) {
    if (adds) {
      sums[r][0] += load(to);
      sums[r][1] += load(to + kLanes<T>);
    }
    store(to, sums[r][0]);
    store(to + kLanes<T>, sums[r][1]);
  }
}

/// Calls kernel(target, stride, adds) straight on a whole block of the target, and by way of a
/// buffer where the block reaches over its edge.
template <std::size_t kRows, class T, class Kernel>
inline void run_on_block(T* to, std::size_t stride, std::size_t rows, std::size_t columns,
                         bool adds, const Kernel& kernel) {
  if (rows >= kRows && columns >= kWidth<T>) {
    kernel(to, stride, adds);
    return;
  }
  std::array<T, kRows * kWidth<T>> buffer;
  kernel(buffer.data(), kWidth<T>, false);
  for (std::size_t r = 0; r < std::min(rows, kRows); ++r) {
    for (std::size_t c = 0; c < std::min(columns, kWidth<T>); ++c) {
      T& target = to[r * stride + c];
      target = adds ? target + buffer[r * kWidth<T> + c] : buffer[r * kWidth<T> + c];
    }
  }
}

}  // namespace

template <class T>
void PackedMatrix<T>::pack(const T* from, std::size_t depth, std::size_t columns,
                           std::size_t row_stride, std::size_t column_stride) {
  pack_grouped(from, depth, columns, depth, 0, row_stride, column_stride);
}

template <class T>
void PackedMatrix<T>::pack_grouped(const T* from, std::size_t depth, std::size_t columns,
                                   std::size_t group, std::ptrdiff_t group_stride,
                                   std::size_t row_stride, std::size_t column_stride) {
  depth_ = depth;
  columns_ = columns;
  const std::size_t panels = (columns + kWidth<T> - 1) / kWidth<T>;
  values_.resize({panels * depth * kWidth<T>});
  T* to = values_.data();
  for (std::size_t panel = 0; panel < panels; ++panel) {
    const std::size_t first = panel * kWidth<T>;
    const std::size_t used = std::min(kWidth<T>, columns - first);
    for (std::size_t row = 0; row < depth; ++row, to += kWidth<T>) {
      const T* source =
          from + static_cast<std::ptrdiff_t>(row / group) * group_stride +
          static_cast<std::ptrdiff_t>(row % group * row_stride + first * column_stride);
      for (std::size_t c = 0; c < used; ++c) to[c] = source[c * column_stride];
      std::fill(to + used, to + kWidth<T>, T(0));
    }
  }
}

template <class T>
const T* PackedMatrix<T>::at(std::size_t panel, std::size_t row) const {
  return values_.data() + (panel * depth_ + row) * kWidth<T>;
}

template <class T>
void multiply_block(const Tile<T>& tile, std::size_t tile_block, std::size_t rows,
                    const PackedMatrix<T>& matrix, std::size_t block, T* to, std::size_t to_stride,
                    bool adds) {
  const std::size_t first = block * kBlockColumns;
  const std::size_t depth = std::min(kBlockColumns, matrix.depth() - first);
  for (std::size_t column = 0; column < matrix.columns(); column += kWidth<T>) {
    const T* panel = matrix.at(column / kWidth<T>, first);
    for (std::size_t row = 0; row < rows; row += kHeight) {
      run_on_block<kHeight>(
          to + row * to_stride + column, to_stride, rows - row, matrix.columns() - column, adds,
          [&](T* target, std::size_t stride, bool adds_to_it) {
            run_kernel<kHeight, kTileStride, 1, kWidth<T>>(depth, tile.at(tile_block, row), panel,
                                                           target, stride, adds_to_it);
          });
    }
  }
}

template <class T>
void add_transposed_product(const Tile<T>& left, std::size_t left_block, std::size_t left_columns,
                            const Tile<T>& right, std::size_t right_block,
                            std::size_t right_columns, std::size_t rows, T* sums,
                            std::size_t sums_stride) {
  for (std::size_t column = 0; column < right_columns; column += kWidth<T>) {
    for (std::size_t row = 0; row < left_columns; row += kTransposedHeight) {
      run_on_block<kTransposedHeight>(
          sums + row * sums_stride + column, sums_stride, left_columns - row,
          right_columns - column, true, [&](T* target, std::size_t stride, bool adds) {
            run_kernel<kTransposedHeight, 1, kTileStride, kTileStride>(
                rows, left.at(left_block, 0) + row, right.at(right_block, 0) + column, target,
                stride, adds);
          });
    }
  }
}

#define VISAVIS_INSTANTIATE(T)                                                                   \
  template class PackedMatrix<T>;                                                                \
  template void multiply_block<T>(const Tile<T>&, std::size_t, std::size_t,                      \
                                  const PackedMatrix<T>&, std::size_t, T*, std::size_t, bool);   \
  template void add_transposed_product<T>(const Tile<T>&, std::size_t, std::size_t,              \
                                          const Tile<T>&, std::size_t, std::size_t, std::size_t, \
                                          T*, std::size_t);
VISAVIS_INSTANTIATE(float)
VISAVIS_INSTANTIATE(double)
#undef VISAVIS_INSTANTIATE

}  // namespace visavis
