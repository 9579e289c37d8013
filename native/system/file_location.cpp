#include "native/system/file_location.h"

#include <system_error>

#include "core/base/error.h"

namespace visavis {

FileLocation split_location(const std::string& location) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::exists(location, ignored)) return {location, ""};
  const std::size_t colon = location.rfind(':');
  if (colon != std::string::npos && colon > 0 &&
      fs::is_regular_file(location.substr(0, colon), ignored)) {
    std::string inside = location.substr(colon + 1);
    while (!inside.empty() && inside.back() == '/') inside.pop_back();
    return {location.substr(0, colon), inside.empty() ? "" : inside + "/"};
  }
  throw Error(ErrorCode::kIo, location + ": no such folder or archive");
}

}  // namespace visavis
