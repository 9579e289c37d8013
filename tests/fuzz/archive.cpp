#include <sys/mman.h>
#include <unistd.h>

#include "native/data/dataset.h"
#include "tests/fuzz/command_answer.h"

namespace {

constexpr std::size_t kMostRead = 4;

/// A file in memory, which has a name all the same.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : fd_(::memfd_create("archive", 0)) {
    if (fd_ < 0 || ::write(fd_, data, size) != static_cast<ssize_t>(size)) std::abort();
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(fd_); }

  [[nodiscard]] std::string name() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

}  // namespace

/// A tar or zip archive of photos.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  visavis::fuzz::accepted_by_command([&] {
    const visavis::Dataset dataset = visavis::Dataset::open(file.name());
    std::size_t read = 0;
    for (std::size_t i = 0; i < std::min(kMostRead, dataset.images().size()); ++i)
      read += dataset.read(i).size();
    return read;
  });
  return 0;
}
