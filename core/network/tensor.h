#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace visavis {

/// Dimensions, outermost first. Activations are NHWC, filters [out, kh, kw, in], depthwise filters
/// [kh, kw, channels].
using Shape = std::vector<std::size_t>;

/// Number of elements; 1 for the empty shape. Throws kInvalidArgument when the product overflows.
std::size_t element_count(const Shape& shape);
/// "1x112x112x3", for messages.
std::string to_string(const Shape& shape);

/// Dense float tensor in row-major order, a value type. The storage holds kPadding readable floats
/// beyond the last element, since XNNPACK's kernels may read past the end (XNN_EXTRA_BYTES).
class Tensor {
 public:
  static constexpr std::size_t kPadding = 32;

  Tensor() = default;
  /// Zero-filled.
  explicit Tensor(Shape shape);
  /// Throws kInvalidArgument when values.size() != element_count(shape).
  Tensor(Shape shape, const std::vector<float>& values);

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] float* data() { return storage_.data(); }
  [[nodiscard]] const float* data() const { return storage_.data(); }
  float& operator[](std::size_t i) { return storage_[i]; }
  float operator[](std::size_t i) const { return storage_[i]; }
  [[nodiscard]] const float* begin() const { return storage_.data(); }
  [[nodiscard]] const float* end() const { return storage_.data() + size_; }

  /// The same elements under another shape. Throws kInvalidArgument when the counts differ.
  [[nodiscard]] Tensor reshaped(Shape shape) const;

 private:
  Shape shape_;
  std::size_t size_ = 0;
  std::vector<float> storage_;
};

}  // namespace visavis
