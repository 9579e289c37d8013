#include "native/system/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <list>
#include <streambuf>
#include <string>
#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "native/system/undivided_write.h"

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

/// Where a file is to stand.
struct Target {
  fs::path path;       ///< Links followed.
  mode_t mode = 0666;  ///< Of a new file the umask takes some away.
  bool exists = false;
  bool is_regular = true;  ///< Or is to be made. Else /dev/stdout, a pipe: nothing to replace.
};

Target target_of(const fs::path& path) {
  if (path.empty()) throw Error(ErrorCode::kIo, "no file name given to write to");
  std::error_code ignored;
  const fs::path resolved = fs::canonical(path, ignored);  // Follows links; empty for a new file.
  Target target;
  target.path = resolved.empty() ? path : resolved;
  struct stat status {};
  if (::stat(target.path.c_str(), &status) != 0) return target;
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorCode::kIo, path.string() + ": is a folder; name a file to write");
  }
  target.exists = true;
  target.is_regular = S_ISREG(status.st_mode);
  if (target.is_regular) target.mode = status.st_mode & 0777U;
  return target;
}

/// A file under a hidden name beside its target, which it is to become; removed if it does not.
class PendingFile {
 public:
  explicit PendingFile(const Target& target)
      : target_(target.path),
        temporary_(temporary_beside(target_)),
        file_(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, target.mode)) {
    if (file_.get() < 0) throw_io(target_, "cannot be created", errno);
  }
  ~PendingFile() {
    if (!is_in_place_) ::unlink(temporary_.c_str());
  }
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  void write(const std::function<void(std::ostream&)>& write) {
    write_through(file_, target_, write);
  }
  void put_in_place() {
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
      throw_io(target_, "cannot be replaced", errno);
    }
    is_in_place_ = true;
  }
  /// Undoes put_in_place.
  void take_away() {
    if (std::exchange(is_in_place_, false)) ::rename(target_.c_str(), temporary_.c_str());
  }
  [[nodiscard]] const fs::path& target() const { return target_; }

 private:
  fs::path target_;
  fs::path temporary_;
  FileDescriptor file_;
  bool is_in_place_ = false;
};

/// An old file under a hidden name beside its place, to which it returns unless it is given up.
class FileAside {
 public:
  explicit FileAside(const fs::path& place) : place_(place), aside_(temporary_beside(place)) {
    if (::rename(place_.c_str(), aside_.c_str()) != 0) {
      throw_io(place_, "cannot be replaced", errno);
    }
  }
  ~FileAside() {
    if (!is_given_up_) ::rename(aside_.c_str(), place_.c_str());
  }
  FileAside(const FileAside&) = delete;
  FileAside& operator=(const FileAside&) = delete;

  void give_up() {
    is_given_up_ = true;
    ::unlink(aside_.c_str());
  }

 private:
  fs::path place_;
  fs::path aside_;
  bool is_given_up_ = false;
};

}  // namespace

void write_file_atomically(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  const Target target = target_of(path);
  if (!target.is_regular) {  // Renaming over a device would destroy it.
    FileDescriptor file(::open(target.path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) throw_io(path, "cannot be opened for writing", errno);
    write_through(file, path, write);
    return;
  }
  const UndividedWrite whole;  // Else the temporary file would stay behind.
  PendingFile pending(target);
  pending.write(write);
  pending.put_in_place();
  sync_folder(target.path.parent_path());
}

void write_files_together(const std::vector<FileContent>& files) {
  const UndividedWrite whole;  // Neither without the other.
  std::list<PendingFile> pending;
  std::vector<fs::path> old;
  for (const FileContent& file : files) {
    const Target target = target_of(file.path);
    if (!target.is_regular) {
      throw Error(
          ErrorCode::kIo,
          file.path.string() + ": is a device; several files are to be written, name a file");
    }
    if (target.exists) old.push_back(target.path);
    pending.emplace_back(target).write(file.write);
  }
  std::list<FileAside> aside;
  try {
    for (const fs::path& path : old) aside.emplace_back(path);
    for (PendingFile& file : pending) file.put_in_place();
  } catch (...) {
    for (PendingFile& file : pending) file.take_away();
    throw;
  }
  for (FileAside& file : aside) file.give_up();
  for (const PendingFile& file : pending) sync_folder(file.target().parent_path());
}

void check_writable(const fs::path& path) {
  const Target target = target_of(path);
  const fs::path folder = target.path.parent_path();
  std::error_code ignored;
  if (!folder.empty() && !fs::is_directory(folder, ignored)) {
    throw Error(ErrorCode::kIo, path.string() + ": there is no folder " + folder.string() +
                                    " to write it into; make it first");
  }
  if (target.exists && ::access(target.path.c_str(), W_OK) != 0) {
    throw_io(path, "cannot be written", errno);
  }
  if (!target.is_regular) return;
  const UndividedWrite whole;
  const PendingFile tried(target);  // Goes again.
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
