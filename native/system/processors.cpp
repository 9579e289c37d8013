#include "native/system/processors.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

namespace visavis {
namespace {

namespace fs = std::filesystem;

/// Of the calling thread, which others inherit. 0 where the system does not tell.
int processors_by_affinity() {
  // The kernel refuses a set smaller than its own, whose size it does not tell.
  for (int most = 1024; most <= 1 << 20; most *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(
        CPU_ALLOC(static_cast<std::size_t>(most)),
        [](cpu_set_t* allocated) { CPU_FREE(allocated); });
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(most));
    if (set == nullptr) return 0;
    if (::sched_getaffinity(0, bytes, set.get()) == 0) return CPU_COUNT_S(bytes, set.get());
    if (errno != EINVAL) return 0;
  }
  return 0;
}

std::optional<std::string> first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  return line;
}

/// "QUOTA PERIOD", both in microseconds; "max" or a negative number where there is none.
std::optional<double> quota_of(const std::string& words) {
  std::istringstream stream(words);
  double quota = 0, period = 0;
  if (!(stream >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

std::optional<double> quota_in(const fs::path& group, bool is_version_2) {
  if (is_version_2) {
    const std::optional<std::string> words = first_line(group / "cpu.max");
    return words ? quota_of(*words) : std::nullopt;
  }
  const std::optional<std::string> quota = first_line(group / "cpu.cfs_quota_us");
  const std::optional<std::string> period = first_line(group / "cpu.cfs_period_us");
  return quota && period ? quota_of(*quota + " " + *period) : std::nullopt;
}

/// `group` and everything above it up to `root`. Inside of a container the path may be the host's:
/// its folders are missing then, and the container's own group is the root.
std::optional<double> least_quota(const fs::path& root, const fs::path& group, bool is_version_2) {
  std::optional<double> least;
  fs::path path = group.relative_path();
  while (true) {
    if (const std::optional<double> quota = quota_in(root / path, is_version_2)) {
      least = std::min(least.value_or(*quota), *quota);
    }
    if (path.empty()) return least;
    path = path.parent_path();
  }
}

/// Whether a comma-separated list of controllers names the CPU's.
bool lists_cpu(const std::string& controllers) {
  return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

std::optional<double> cpu_quota(std::string_view groups, const fs::path& mount) {
  std::istringstream lines{std::string(groups)};
  std::string number, controllers, path;
  // A line is "NUMBER:CONTROLLERS:PATH"; version 2 has no controllers.
  while (std::getline(lines, number, ':') && std::getline(lines, controllers, ':') &&
         std::getline(lines, path)) {
    const bool is_version_2 = controllers.empty();
    if (!is_version_2 && !lists_cpu(controllers)) continue;
    const fs::path root = is_version_2 ? mount : mount / controllers;
    std::error_code ignored;
    // Version 1 is mounted under the list of its controllers, with a link for each.
    const bool has_root = is_version_2 || fs::is_directory(root, ignored);
    if (const auto quota = least_quota(has_root ? root : mount / "cpu", path, is_version_2)) {
      return quota;
    }
  }
  return std::nullopt;
}

int usable_processors() {
  int processors = std::max(1, processors_by_affinity());
  std::ifstream file("/proc/self/cgroup");
  const std::string groups{std::istreambuf_iterator<char>(file), {}};
  if (const std::optional<double> quota = cpu_quota(groups, "/sys/fs/cgroup")) {
    processors = std::min(processors, std::max(1, static_cast<int>(std::ceil(*quota))));
  }
  return processors;
}

int thread_count(int asked) {
  const int usable = usable_processors();
  return asked <= 0 ? usable : std::min(asked, usable);
}

std::string processor_name() {
  std::ifstream stream("/proc/cpuinfo");
  std::string line;
  while (std::getline(stream, line)) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace visavis
