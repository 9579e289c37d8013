#include "native/system/file_start.h"

#include <fstream>

namespace visavis {

std::vector<std::uint8_t> file_start(const std::filesystem::path& file, std::size_t count) {
  std::vector<char> start(count);
  std::ifstream stream(file, std::ios::binary);
  stream.read(start.data(), static_cast<std::streamsize>(count));
  return {start.begin(), start.begin() + stream.gcount()};
}

}  // namespace visavis
