#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace visavis {

/// How many processors this process may keep busy: those that its CPU affinity allows (taskset,
/// a container's cpuset, mpirun's binding), and no more than its control group's quota pays for
/// (docker run --cpus), rounded up. At least 1.
int usable_processors();

/// How many threads to start where `asked` are wanted; 0 asks for one per usable processor. At
/// least 1 and at most usable_processors(): further threads would only take turns.
int thread_count(int asked);

/// The processor's name as the system tells it, "AMD EPYC 9B45"; "unknown" where it does not.
std::string processor_name();

/// The processors' worth of time that a control group may use, the least of its own quota and its
/// ancestors': `groups` is what /proc/self/cgroup says, `mount` the folder /sys/fs/cgroup. Both
/// versions of control groups are understood. Nothing where there is no quota.
std::optional<double> cpu_quota(std::string_view groups, const std::filesystem::path& mount);

}  // namespace visavis
