#include "native/system/flush_to_zero.h"

#include <gtest/gtest.h>
#include <pthreadpool.h>

#include <atomic>
#include <limits>
#include <memory>
#include <thread>

#include "native/system/thread_pool.h"
#include "native/training/data/batch_loader.h"
#include "native/training/distributed/request_thread.h"
#include "tests/native/preparation/drawn_face.h"

extern "C" const unsigned visavis_pthreadpool_spins;

namespace visavis::flush_to_zero_test {
namespace {

/// The smallest normal float halved: denormal, or zero where those are flushed. Volatile, so that
/// the compiler leaves it to the processor.
float half_of_the_least() {
  volatile float least = std::numeric_limits<float>::min();
  volatile float half = 0.5F;
  return least * half;
}

/// A denormal float doubled: the smallest normal one, or zero where denormals count as that.
float twice_a_denormal() {
  volatile float denormal = std::numeric_limits<float>::denorm_min() * 1000;
  volatile float large = 1e10F;
  return denormal * large;
}

bool flushes() {
  return half_of_the_least() == 0 && twice_a_denormal() == 0 && FlushToZero::is_on();
}

TEST(FlushToZero, LastsAsLongAsTheGuard) {
  EXPECT_FALSE(flushes()) << "the tests' own main thread flushes: nothing is told by the rest";
  EXPECT_GT(twice_a_denormal(), 0.0F);
  {
    const FlushToZero outer;
    EXPECT_TRUE(flushes());
    { const FlushToZero inner; }
    EXPECT_TRUE(flushes());
  }
  EXPECT_FALSE(flushes());
}

TEST(FlushToZero, IsInheritedByThreadsThatAreStarted) {
  bool inherited = false;
  {
    const FlushToZero flush;
    std::thread([&] { inherited = flushes(); }).join();
  }
  EXPECT_TRUE(inherited);
}

TEST(FlushToZero, HoldsInEverySliceOfAThreadPool) {
  for (const int threads : {1, 2, 7}) {
    ThreadPool pool(threads);
    std::atomic<int> flushing{0};
    pool.parallel_for(7, [&](int, std::size_t begin, std::size_t end) {
      if (flushes()) flushing += static_cast<int>(end - begin);
    });
    EXPECT_EQ(flushing, 7) << threads << " threads";
    EXPECT_FALSE(flushes()) << "the caller keeps its own setting";
  }
}

TEST(FlushToZero, HoldsInTheCommunicatorsThread) {
  RequestThread thread;
  bool flushing = false;
  thread.run([&] { flushing = flushes(); });
  EXPECT_TRUE(flushing);
}

class OneRow : public BatchSampler {
 public:
  explicit OneRow(std::atomic<bool>& flushing) : flushing_(flushing) {}
  std::vector<BatchItem> sample(std::uint64_t) override {
    flushing_ = flushing_ && flushes();
    return std::vector<BatchItem>(1);
  }
  [[nodiscard]] std::size_t batch_size() const override { return 1; }
  [[nodiscard]] std::size_t steps_per_epoch() const override { return 1; }

 private:
  std::atomic<bool>& flushing_;
};

TEST(FlushToZero, HoldsInTheThreadsThatLoadBatches) {
  std::atomic<bool> flushing{true};
  OneRow sampler(flushing);
  LoaderOptions options;
  options.height = options.width = 40;
  options.preprocessing = {{127.5F, 127.5F, 127.5F}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F}};
  options.threads = 2;
  BatchLoader loader(
      [&](std::size_t) {
        flushing = flushing && flushes();
        return drawn_face(72);
      },
      sampler, options, 0);
  for (int i = 0; i < 8; ++i) loader.next();
  EXPECT_TRUE(flushing);
}

/// Those that run networks are XNNPACK's own: they inherit what the thread has that makes them.
TEST(FlushToZero, HoldsInTheThreadsOfNetworks) {
  const FlushToZero flush;
  const std::unique_ptr<pthreadpool, void (*)(pthreadpool*)> pool(pthreadpool_create(3),
                                                                  pthreadpool_destroy);
  std::atomic<int> flushing{0};
  pthreadpool_parallelize_1d(
      pool.get(),
      [](void* count, std::size_t) {
        if (flushes()) ++*static_cast<std::atomic<int>*>(count);
      },
      &flushing, 64, 0);
  EXPECT_EQ(flushing, 64);
}

TEST(NetworkThreads, SleepWhileTheyWait) { EXPECT_EQ(visavis_pthreadpool_spins, 0U); }

}  // namespace
}  // namespace visavis::flush_to_zero_test
