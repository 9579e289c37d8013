#include "core/api/handles.h"

#include <new>

#include "core/api/api.h"
#include "core/base/envelope.h"

namespace visavis::api {

LastError& last_error() {
  static LastError error;
  return error;
}

void clear_last_error() { last_error() = {}; }

std::int32_t HandleTable::add(std::unique_ptr<Object> object) {
  objects_.emplace(++last_handle_, std::move(object));
  return last_handle_;
}

void HandleTable::remove(std::int32_t handle) {
  if (objects_.erase(handle) == 0) throw_unknown(handle);
}

Object* HandleTable::find(std::int32_t handle) const {
  const auto found = objects_.find(handle);
  return found == objects_.end() ? nullptr : found->second.get();
}

void HandleTable::throw_unknown(std::int32_t handle) {
  refuse("Handle " + std::to_string(handle) +
         " names no living object of the kind asked for: it was destroyed, or is another's.");
}

HandleTable& handles() {
  static HandleTable table;
  return table;
}

void require(bool holds, const std::string& message) {
  if (!holds) throw Error(ErrorCode::kInvalidArgument, message);
}

void record_current_exception() {
  // A caller's own names may hold line breaks, and stand in messages.
  const auto record = [](ErrorCode code, const char* message) {
    last_error() = {static_cast<std::int32_t>(code), on_one_line(message)};
  };
  try {
    throw;
  } catch (const Error& error) {
    record(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    record(ErrorCode::kOutOfMemory, "Out of memory: close other pages or give a smaller photo.");
  } catch (const std::exception& error) {
    record(ErrorCode::kInternal, error.what());
  } catch (...) {
    record(ErrorCode::kInternal, "Something that is no std::exception was thrown.");
  }
}

}  // namespace visavis::api

using namespace visavis::api;  // NOLINT(google-build-using-namespace): the exports are global.

std::int32_t visavis_error_code() { return last_error().code; }
const char* visavis_error_message() { return last_error().message.c_str(); }
std::int32_t visavis_live_handles() { return handles().size(); }

void visavis_destroy(VisavisHandle handle) {
  guarded([&] { handles().remove(handle); });
}
