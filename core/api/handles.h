#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/base/error.h"

namespace visavis::api {

/// The error of the last call over the boundary.
struct LastError {
  std::int32_t code = 0;
  std::string message;
};

LastError& last_error();
void clear_last_error();

/// Root of what a handle can name.
struct Object {
  virtual ~Object() = default;
};

/// All living objects by handle.
class HandleTable {
 public:
  std::int32_t add(std::unique_ptr<Object> object);

  /// Throws kInvalidArgument when the handle names no living object of this type.
  template <class Type>
  Type& get(std::int32_t handle) const {
    auto* object = dynamic_cast<Type*>(find(handle));
    if (object == nullptr) throw_unknown(handle);
    return *object;
  }

  void remove(std::int32_t handle);

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(objects_.size()); }

 private:
  /// Null where there is none.
  [[nodiscard]] Object* find(std::int32_t handle) const;
  [[noreturn]] static void throw_unknown(std::int32_t handle);

  std::map<std::int32_t, std::unique_ptr<Object>> objects_;
  std::int32_t last_handle_ = 0;
};

HandleTable& handles();

/// Throws kInvalidArgument with the message unless the condition holds.
void require(bool holds, const std::string& message);

/// Makes the exception that is being handled the last error.
void record_current_exception();

/// Runs the body of one export: whatever it throws becomes the last error and a result of 0. Each
/// export is an instance of this template, so all that needs no Body is elsewhere.
template <class Body>
auto guarded(Body body) -> decltype(body()) {
  clear_last_error();
  try {
    return body();
  } catch (...) {
    record_current_exception();
  }
  return decltype(body())();
}

}  // namespace visavis::api
