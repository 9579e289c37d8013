#pragma once

#include <cstddef>
#include <vector>

#include "native/training/layers/array.h"

namespace visavis {

/// The last few rows of an image, prepared for reading (mapped, padded, spread). Each is prepared
/// once, however many kernel rows read it.
template <class T>
class RowRing {
 public:
  RowRing(std::size_t slots, std::size_t row_elements)
      : row_(row_elements), tags_(slots, kNone), values_({slots, row_elements}) {}

  /// Row `tag` (a number that is unique through the batch); `fill(T* row)` writes it where it is
  /// not there. Rows of a window of `slots` successive tags never push each other out.
  template <class Fill>
  const T* get(std::size_t tag, const Fill& fill) {
    const std::size_t slot = tag % tags_.size();
    T* row = values_.data() + slot * row_;
    if (tags_[slot] != tag) {
      fill(row);
      tags_[slot] = tag;
    }
    return row;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t row_;
  std::vector<std::size_t> tags_;
  Array<T> values_;
};

}  // namespace visavis
