#include "native/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <streambuf>
#include <string>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "native/interrupt.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_io(const fs::path& path, const std::string& what, int reason) {
  throw Error(ErrorCode::kIo, path.string() + ": " + what + ": " +
                                  std::error_code(reason, std::generic_category()).message());
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  /// False (errno set) when the kernel reports a delayed write error.
  bool close() { return fd_ < 0 || ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

/// A stream buffer over a descriptor that remembers why a write failed: std::ofstream forgets.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int fd) : fd_(fd) { setp(buffer_.data(), buffer_.data() + kSize); }
  [[nodiscard]] int reason() const { return reason_; }

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }

  int sync() override {
    const char* next = pbase();
    while (next < pptr()) {
      const ssize_t written = ::write(fd_, next, static_cast<std::size_t>(pptr() - next));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        reason_ = errno;
        return -1;
      }
      next += written;
    }
    setp(buffer_.data(), buffer_.data() + kSize);
    return 0;
  }

 private:
  static constexpr std::size_t kSize = 1U << 16U;
  int fd_;
  int reason_ = 0;
  std::array<char, kSize> buffer_{};
};

/// Runs `write` on the descriptor and gets the bytes onto the disk; close errors included.
void write_through(FileDescriptor& file, const fs::path& path,
                   const std::function<void(std::ostream&)>& write) {
  DescriptorBuffer buffer(file.get());
  std::ostream out(&buffer);
  try {
    write(out);
    out.flush();
  } catch (...) {
    // A full disk is the cause, whatever the writer made of the failed stream.
    if (buffer.reason() != 0) throw_io(path, "cannot be written", buffer.reason());
    throw;
  }
  if (!out) throw_io(path, "cannot be written", buffer.reason() != 0 ? buffer.reason() : EIO);
  // EINVAL, EROFS: a pipe or a device, which has nothing to sync.
  if (::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS) {
    throw_io(path, "cannot be written", errno);
  }
  if (!file.close()) throw_io(path, "cannot be written", errno);
}

fs::path temporary_beside(const fs::path& target) {
  static std::atomic<unsigned> counter{0};
  return target.parent_path() / ("." + target.filename().string() + "." +
                                 std::to_string(::getpid()) + "." + std::to_string(counter++));
}

/// Makes the rename itself survive a power failure; best effort, since the file is whole anyway.
void sync_folder(const fs::path& folder) {
  const FileDescriptor descriptor(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() >= 0) ::fsync(descriptor.get());
}

void replace_file(const fs::path& target, mode_t mode,
                  const std::function<void(std::ostream&)>& write) {
  const DelayInterrupt delay;  // Else the temporary file would stay behind.
  const fs::path temporary = temporary_beside(target);
  FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.get() < 0) throw_io(target, "cannot be created", errno);
  try {
    write_through(file, target, write);
    if (::rename(temporary.c_str(), target.c_str()) != 0) {
      throw_io(target, "cannot be replaced", errno);
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(target.parent_path());
}

}  // namespace

void write_file_atomically(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  if (path.empty()) throw Error(ErrorCode::kIo, "no file name given to write to");
  std::error_code ignored;
  const fs::path resolved = fs::canonical(path, ignored);  // Follows links; empty for a new file.
  const fs::path target = resolved.empty() ? path : resolved;

  struct stat status {};
  if (::stat(target.c_str(), &status) != 0) {
    replace_file(target, 0666, write);  // The umask applies.
  } else if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorCode::kIo, path.string() + ": is a folder; name a file to write");
  } else if (S_ISREG(status.st_mode)) {
    replace_file(target, status.st_mode & 0777U, write);
  } else {  // /dev/stdout, a pipe: nothing to replace, and renaming over a device would destroy it.
    FileDescriptor file(::open(target.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) throw_io(path, "cannot be opened for writing", errno);
    write_through(file, path, write);
  }
}

std::vector<std::uint8_t> read_file(const fs::path& path, std::size_t max_bytes) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) throw Error(ErrorCode::kIo, path.string() + ": no such file");
    throw_io(path, "cannot be read", errno);
  }
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorCode::kIo, path.string() + ": is a folder; name a file");
  }
  if (!S_ISREG(status.st_mode)) {  // Opening a pipe nobody writes to would hang.
    throw Error(ErrorCode::kIo, path.string() + ": is no regular file; save it to disk first");
  }
  const auto too_large = [&] {
    return Error(ErrorCode::kIo, path.string() + ": larger than the " +
                                     std::to_string(max_bytes >> 20U) +
                                     " MB that are read at most");
  };
  if (static_cast<std::uintmax_t>(status.st_size) > max_bytes) throw too_large();

  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw_io(path, "cannot be opened", errno);
  // One byte more than expected, so that the end is seen without growing; the loop runs to the end,
  // not to the size, because the file may be growing or lie in /proc.
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size) + 1);
  std::size_t filled = 0;
  while (true) {
    if (filled == bytes.size()) bytes.resize(2 * filled);
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_io(path, "cannot be read", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) throw too_large();
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace visavis
