#include "native/system/processors.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "native/system/thread_pool.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::processors_test {
namespace {

/// While it lives, this thread, and all that it starts, may run on one processor only.
class OneProcessor {
 public:
  OneProcessor() {
    ::sched_getaffinity(0, sizeof(before_), &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i) {
      if (CPU_ISSET(i, &before_)) CPU_SET(i, &one);
    }
    ::sched_setaffinity(0, sizeof(one), &one);
  }
  ~OneProcessor() { ::sched_setaffinity(0, sizeof(before_), &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_;
};

std::size_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST(Processors, FollowTheAffinity) {
  EXPECT_GE(usable_processors(), 1);
  EXPECT_LE(usable_processors(), static_cast<int>(std::thread::hardware_concurrency()));
  const OneProcessor one;
  EXPECT_EQ(usable_processors(), 1);
  EXPECT_EQ(thread_count(0), 1);
  EXPECT_EQ(thread_count(8), 1);
}

TEST(Processors, AreAllThatIsStarted) {
  const int usable = usable_processors();
  EXPECT_EQ(thread_count(0), usable);
  EXPECT_EQ(thread_count(1), 1);
  EXPECT_EQ(thread_count(usable + 5), usable);
  EXPECT_EQ(thread_count(-1), usable);
}

class CpuQuota : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) const {
    mount_.write(name, content + "\n");
  }
  [[nodiscard]] std::optional<double> quota(const std::string& groups) const {
    return cpu_quota(groups, mount_.path());
  }
  TemporaryFolder mount_;
};

TEST_F(CpuQuota, OfVersion2IsTheLeastOnTheWayUp) {
  write("user.slice/app/cpu.max", "max 100000");
  EXPECT_EQ(quota("0::/user.slice/app\n"), std::nullopt);
  write("user.slice/cpu.max", "150000 100000");
  EXPECT_EQ(quota("0::/user.slice/app\n"), 1.5);
  write("user.slice/app/cpu.max", "25000 50000");
  EXPECT_EQ(quota("0::/user.slice/app\n"), 0.5);
  EXPECT_EQ(quota("0::/user.slice\n"), 1.5);
  EXPECT_EQ(quota("0::/other\n"), std::nullopt);
}

TEST_F(CpuQuota, OfAContainerStandsAtTheRoot) {
  write("cpu.max", "300000 100000");
  EXPECT_EQ(quota("0::/\n"), 3);
  // Without a namespace of its own the path is the host's.
  EXPECT_EQ(quota("0::/docker/0123abcd\n"), 3);
}

TEST_F(CpuQuota, OfVersion1StandsUnderItsController) {
  const std::string groups =
      "12:cpuset:/jail\n4:cpu,cpuacct:/jail/inner\n1:name=systemd:/init.scope\n0::/\n";
  EXPECT_EQ(quota(groups), std::nullopt);
  write("cpu,cpuacct/jail/cpu.cfs_quota_us", "-1");
  write("cpu,cpuacct/jail/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota(groups), std::nullopt);
  write("cpu,cpuacct/jail/cpu.cfs_quota_us", "400000");
  EXPECT_EQ(quota(groups), 4);
}

TEST_F(CpuQuota, IsFoundUnderTheControllersLink) {
  write("cpu/cpu.cfs_quota_us", "200000");
  write("cpu/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota("3:cpuacct,cpu:/docker/0123\n"), 2);
  EXPECT_EQ(quota("3:cpuset:/docker/0123\n"), std::nullopt);
}

TEST_F(CpuQuota, IsNoneWhereFilesMakeNoSense) {
  for (const char* words : {"", "max", "100000", "0 100000", "-1 100000", "100000 0", "a b"}) {
    write("cpu.max", words);
    EXPECT_EQ(quota("0::/\n"), std::nullopt) << words;
  }
  for (const char* groups : {"", "\n", "nonsense", "0:", "0::", ":::"}) {
    EXPECT_EQ(quota(groups), std::nullopt) << groups;
  }
}

/// Which slice saw which part, and on which thread.
struct Slices {
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  std::set<std::thread::id> threads;
};

Slices run(ThreadPool& pool, std::size_t count) {
  Slices slices;
  slices.parts.resize(static_cast<std::size_t>(pool.threads()));
  std::mutex mutex;
  pool.parallel_for(count, [&](int slice, std::size_t begin, std::size_t end) {
    const std::lock_guard lock(mutex);
    slices.parts[static_cast<std::size_t>(slice)] = {begin, end};
    slices.threads.insert(std::this_thread::get_id());
  });
  return slices;
}

TEST(ThreadPool, StartsNoMoreThreadsThanProcessors) {
  const std::size_t before = threads_of_this_process();
  const OneProcessor one;
  ThreadPool pool(5);
  EXPECT_EQ(threads_of_this_process(), before);
  EXPECT_EQ(pool.threads(), 5);
  ThreadPool all(0);
  EXPECT_EQ(all.threads(), 1);
}

TEST(ThreadPool, CutsAlikeOnFewerProcessors) {
  using Parts = std::vector<std::pair<std::size_t, std::size_t>>;
  const Parts expected{{0, 2}, {2, 5}, {5, 7}, {7, 10}, {10, 13}};
  ThreadPool many(5);
  for (int round = 0; round < 50; ++round) {
    const Slices slices = run(many, 13);
    EXPECT_EQ(slices.parts, expected);
    EXPECT_LE(slices.threads.size(), static_cast<std::size_t>(usable_processors()));
  }
  const OneProcessor one;
  ThreadPool pool(5);
  EXPECT_EQ(run(pool, 13).parts, expected);
  EXPECT_EQ(run(pool, 3).parts, (Parts{{0, 1}, {1, 2}, {2, 3}, {}, {}}));
}

TEST(ThreadPool, RethrowsTheFirstSliceThatFailed) {
  ThreadPool pool(7);
  for (int round = 0; round < 20; ++round) {
    std::string what;
    try {
      pool.parallel_for(7, [](int slice, std::size_t, std::size_t) {
        if (slice >= 2) throw std::runtime_error(std::to_string(slice));
      });
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "2");
  }
  EXPECT_EQ(run(pool, 7).parts.back(), (std::pair<std::size_t, std::size_t>{6, 7}));
}

}  // namespace
}  // namespace visavis::processors_test
