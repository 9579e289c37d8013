#pragma once

#include <cstddef>

#include "native/training/layers/array.h"

namespace visavis {

/// Matrix products for convolutions in training: tall, narrow matrices (pixels by channels) times a
/// filter, where the rows on the left are made on the fly (im2col, normalisation, activation) into
/// a tile that stays in the cache. The scheme is Goto and van de Geijn 2008, "Anatomy of
/// high-performance matrix multiplication", with the packing of the left side done by the caller.

/// Columns of one block of a tile, and the distance of its rows: the padding keeps the rows of a
/// kernel out of the same cache sets.
constexpr std::size_t kBlockColumns = 256;
constexpr std::size_t kTileStride = kBlockColumns + 16;
/// Rows of a tile: a multiple of every kernel height.
constexpr std::size_t kTileRows = 96;

/// A tile of up to kTileRows rows by any number of columns, in blocks of kBlockColumns columns.
template <class T>
class Tile {
 public:
  /// Room for `columns`; what was there is lost only when it grows.
  void reserve(std::size_t columns) {
    const std::size_t needed = blocks(columns) * kTileRows * kTileStride;
    if (values_.size() < needed) values_.resize({needed});
  }
  static std::size_t blocks(std::size_t columns) {
    return (columns + kBlockColumns - 1) / kBlockColumns;
  }
  /// Row `row`, from the first column of block `block`.
  T* at(std::size_t block, std::size_t row) {
    return values_.data() + (block * kTileRows + row) * kTileStride;
  }
  [[nodiscard]] const T* at(std::size_t block, std::size_t row) const {
    return values_.data() + (block * kTileRows + row) * kTileStride;
  }

 private:
  Array<T> values_;
};

/// The right side [depth, columns], in panels of a kernel's width, zeros behind the last column.
template <class T>
class PackedMatrix {
 public:
  /// Element (row, column) is from[row * row_stride + column * column_stride].
  void pack(const T* from, std::size_t depth, std::size_t columns, std::size_t row_stride,
            std::size_t column_stride);
  /// The same for rows that come in groups: row r starts at (r / group) * group_stride + (r %
  /// group)
  /// * row_stride.
  void pack_grouped(const T* from, std::size_t depth, std::size_t columns, std::size_t group,
                    std::ptrdiff_t group_stride, std::size_t row_stride, std::size_t column_stride);
  [[nodiscard]] std::size_t depth() const { return depth_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  /// Rows from `row` of panel `panel`.
  [[nodiscard]] const T* at(std::size_t panel, std::size_t row) const;

 private:
  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  Array<T> values_;
};

/// to[rows, columns] (+)= block `tile_block` of the tile (its first `rows` rows; the others may
/// hold anything) times block `block` of the rows of `matrix`.
template <class T>
void multiply_block(const Tile<T>& tile, std::size_t tile_block, std::size_t rows,
                    const PackedMatrix<T>& matrix, std::size_t block, T* to, std::size_t to_stride,
                    bool adds);

/// sums[left columns, right columns] += left^T right over the first `rows` rows of two tiles'
/// blocks.
template <class T>
void add_transposed_product(const Tile<T>& left, std::size_t left_block, std::size_t left_columns,
                            const Tile<T>& right, std::size_t right_block,
                            std::size_t right_columns, std::size_t rows, T* sums,
                            std::size_t sums_stride);

}  // namespace visavis
