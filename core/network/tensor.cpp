#include "core/network/tensor.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/checked_product.h"
#include "core/base/error.h"

namespace visavis {

std::size_t element_count(const Shape& shape) {
  // Room for the padding and for the size in bytes: on wasm32 a std::size_t ends at 4 GB.
  constexpr std::size_t kMax =
      std::numeric_limits<std::size_t>::max() / sizeof(float) - Tensor::kPadding;
  const auto count = checked_product(shape, kMax);
  if (!count) {
    throw Error(ErrorCode::kInvalidArgument, "a tensor of shape " + to_string(shape) +
                                                 " has more elements than memory can address");
  }
  return static_cast<std::size_t>(*count);
}

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::size_t dimension : shape) {
    if (!text.empty()) text += 'x';
    text += std::to_string(dimension);
  }
  return text;
}

Tensor::Tensor(Shape shape)
    : shape_(std::move(shape)), size_(element_count(shape_)), storage_(size_ + kPadding) {}

Tensor::Tensor(Shape shape, const std::vector<float>& values) : Tensor(std::move(shape)) {
  if (values.size() != size_) {
    throw Error(ErrorCode::kInvalidArgument, "a tensor of shape " + to_string(shape_) + " needs " +
                                                 std::to_string(size_) + " values, not " +
                                                 std::to_string(values.size()));
  }
  std::copy(values.begin(), values.end(), storage_.begin());
}

Tensor Tensor::reshaped(Shape shape) const {
  if (element_count(shape) != size_) {
    throw Error(ErrorCode::kInvalidArgument, "a tensor of shape " + to_string(shape_) +
                                                 " cannot be reshaped to " + to_string(shape) +
                                                 ": the numbers of elements differ");
  }
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

}  // namespace visavis
