#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>

#include "core/base/error.h"

namespace visavis::api {

/// The error of the last call over the boundary.
struct LastError {
  std::int32_t code = 0;
  std::string message;
};

LastError& last_error();

/// Root of what a handle can name.
struct Object {
  virtual ~Object() = default;
};

/// All living objects by handle.
class HandleTable {
 public:
  std::int32_t add(std::unique_ptr<Object> object) {
    objects_.emplace(++last_handle_, std::move(object));
    return last_handle_;
  }

  /// Throws kInvalidArgument when the handle names no living object of this type.
  template <class Type>
  Type& get(std::int32_t handle) const {
    const auto found = objects_.find(handle);
    auto* object = found == objects_.end() ? nullptr : dynamic_cast<Type*>(found->second.get());
    if (object == nullptr) throw unknown(handle);
    return *object;
  }

  void remove(std::int32_t handle) {
    if (objects_.erase(handle) == 0) throw unknown(handle);
  }

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(objects_.size()); }

 private:
  static Error unknown(std::int32_t handle) {
    return {
        ErrorCode::kInvalidArgument,
        "Handle " + std::to_string(handle) +
            " names no living object of the kind asked for: it was destroyed, or is another's."};
  }

  std::unordered_map<std::int32_t, std::unique_ptr<Object>> objects_;
  std::int32_t last_handle_ = 0;
};

HandleTable& handles();

/// Throws kInvalidArgument with the message unless the condition holds.
void require(bool holds, const std::string& message);

/// Runs the body of one export: whatever it throws becomes the last error and a result of 0.
template <class Body>
auto guarded(Body body) -> decltype(body()) {
  const auto record = [](ErrorCode code, const char* message) {
    last_error() = {static_cast<std::int32_t>(code), message};
  };
  last_error() = {};
  try {
    return body();
  } catch (const Error& error) {
    record(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    record(ErrorCode::kOutOfMemory, "Out of memory: close other pages or give a smaller photo.");
  } catch (const std::exception& error) {
    record(ErrorCode::kInternal, error.what());
  } catch (...) {
    record(ErrorCode::kInternal, "Something that is no std::exception was thrown.");
  }
  return decltype(body())();
}

}  // namespace visavis::api
