#pragma once

#include <memory>
#include <vector>

#include "native/training/layers/array.h"

namespace visavis {

/// Reuses arrays for gradients that are no longer held, so that a backward pass allocates only as
/// many as live at once. Must outlive the arrays it hands out.
template <class T>
class BufferPool {
 public:
  using Buffer = std::shared_ptr<Array<T>>;

  /// Of unspecified values. The smallest free array with room; otherwise the largest is made
  /// larger.
  Buffer take(const Shape& shape) {
    const std::size_t count = element_count(shape);
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      const std::size_t room = (*it)->capacity();
      if (best == free_.end()) {
        best = it;
        continue;
      }
      const std::size_t best_room = (*best)->capacity();
      if (room >= count ? best_room < count || room < best_room
                        : best_room < count && room > best_room) {
        best = it;
      }
    }
    std::unique_ptr<Array<T>> array;
    if (best == free_.end()) {
      array = std::make_unique<Array<T>>();
    } else {
      array = std::move(*best);
      free_.erase(best);
      if (array->capacity() < count) *array = Array<T>();  // What it holds need not be copied.
    }
    array->resize(shape);
    return Buffer(array.release(), [this](Array<T>* done) { free_.emplace_back(done); });
  }

 private:
  std::vector<std::unique_ptr<Array<T>>> free_;
};

}  // namespace visavis
