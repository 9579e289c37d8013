#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "native/training/distributed/make_communicator.h"
#include "native/training/distributed/mpi_communicator.h"
#include "native/training/distributed/request_thread.h"
#include "tests/native/training/distributed/run_ranks.h"

namespace visavis::communicator_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SingleRank, LeavesEveryValueAsItIs) {
  const std::unique_ptr<Communicator> c = make_communicator();
  EXPECT_EQ(c->rank(), 0U);
  EXPECT_EQ(c->ranks(), 1U);
  std::vector<float> values{1, 2, 3};
  c->sum(values.data(), values.size());
  c->start_sum(values.data(), values.size());
  c->wait_for_sums();
  EXPECT_THAT(values, ElementsAre(1, 2, 3));
  std::vector<float> all(3);
  c->gather(values.data(), values.size(), all.data());
  EXPECT_EQ(all, values);
  std::vector<std::uint8_t> bytes{7, 8};
  c->broadcast(bytes);
  EXPECT_THAT(bytes, ElementsAre(7, 8));
  EXPECT_TRUE(c->any(true));
  EXPECT_FALSE(c->any(false));
  c->barrier();
}

TEST(RequestThread, RunsRequestsInTheirOrder) {
  std::vector<int> order;
  RequestThread thread;
  for (int i = 0; i < 100; ++i) thread.post([&order, i] { order.push_back(i); });
  thread.wait();
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(RequestThread, RunsWhatIsQueuedBeforeItEnds) {
  int done = 0;
  {
    RequestThread thread;
    for (int i = 0; i < 100; ++i) thread.post([&done] { ++done; });
  }
  EXPECT_EQ(done, 100);
}

TEST(RequestThread, KeepsTheFirstFailureAndDropsWhatIsBehindIt) {
  bool has_run = false;
  RequestThread thread;
  thread.post([] { throw std::runtime_error("first"); });
  thread.post([&has_run] { has_run = true; });
  for (int again = 0; again < 2; ++again) {
    try {
      thread.wait();
      ADD_FAILURE() << "wait must rethrow";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "first");
    }
  }
  EXPECT_FALSE(has_run);
}

/// With 2 and 3 ranks: 3 divides none of the sums' counts evenly into parts.
class Ranks : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!has_mpi()) GTEST_SKIP() << "built without MPI (Debian: libopenmpi-dev)";
    if (!has_mpirun()) GTEST_SKIP() << "mpirun is not installed (Debian: openmpi-bin)";
  }
};

TEST_P(Ranks, SumGatherBroadcastAndAgree) {
  const RanksResult result = run_ranks(GetParam(), "collectives");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

/// Exit code 124 would be the timeout's.
TEST_P(Ranks, AllEndWhereOneFails) {
  const RanksResult result = run_ranks(GetParam(), "failure");
  EXPECT_EQ(result.exit_code, 2) << result.output;
  EXPECT_THAT(result.output, HasSubstr("visavis_ranks: rank 1 has a full disk"));
}

INSTANTIATE_TEST_SUITE_P(Mpirun, Ranks, testing::Values(2, 3),
                         [](const auto& test) { return std::to_string(test.param) + "ranks"; });

}  // namespace
}  // namespace visavis::communicator_test
