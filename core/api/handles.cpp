#include "core/api/handles.h"

#include "core/api/api.h"

namespace visavis::api {

LastError& last_error() {
  static LastError error;
  return error;
}

HandleTable& handles() {
  static HandleTable table;
  return table;
}

void require(bool holds, const std::string& message) {
  if (!holds) throw Error(ErrorCode::kInvalidArgument, message);
}

}  // namespace visavis::api

using namespace visavis::api;  // NOLINT(google-build-using-namespace): the exports are global.

std::int32_t visavis_error_code() { return last_error().code; }
const char* visavis_error_message() { return last_error().message.c_str(); }
std::int32_t visavis_live_handles() { return handles().size(); }

void visavis_destroy(VisavisHandle handle) {
  guarded([&] { handles().remove(handle); });
}
