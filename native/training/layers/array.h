#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/network/tensor.h"
#include "native/training/layers/array_allocator.h"

namespace visavis {

/// Dense row-major array of float (training) or double (gradient checks); NHWC with the batch
/// first, as everywhere.
template <class T>
class Array {
 public:
  Array() = default;
  explicit Array(Shape shape) { resize(std::move(shape)); }

  /// Keeps the allocation where it is large enough; the values are unspecified afterwards.
  void resize(Shape shape) {
    shape_ = std::move(shape);
    values_.resize(element_count(shape_));
  }
  void fill(T value) { std::fill(values_.begin(), values_.end(), value); }

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// Elements that resize() can give without allocating.
  [[nodiscard]] std::size_t capacity() const { return values_.capacity(); }
  [[nodiscard]] T* data() { return values_.data(); }
  [[nodiscard]] const T* data() const { return values_.data(); }
  T& operator[](std::size_t i) { return values_[i]; }
  const T& operator[](std::size_t i) const { return values_[i]; }

 private:
  Shape shape_;
  std::vector<T, ArrayAllocator<T>> values_;
};

}  // namespace visavis
