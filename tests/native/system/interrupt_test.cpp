#include "native/system/interrupt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/native/commands/command_fixture.h"

namespace visavis::interrupt_test {
namespace {

TEST(InterruptDeathTest, EndsWhateverIsBusy) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          exit_on_interrupt();
          std::atomic<bool> is_busy{false};
          std::thread interrupter([&] {
            while (!is_busy) std::this_thread::yield();
            ::kill(::getpid(), signal);
          });
          // A search that looks for nothing but faces.
          while (true) is_busy = true;
        },
        testing::ExitedWithCode(kExitInterrupted), "^visavis: stopped\n$");
  }
}

TEST(InterruptDeathTest, WaitsForFilesThatBelongTogether) {
  EXPECT_EXIT(
      {
        exit_on_interrupt();
        {
          const DelayInterrupt outer;
          { const DelayInterrupt inner; }
          std::raise(SIGINT);
          std::fputs("written ", stderr);
        }
        std::fputs("not reached", stderr);
      },
      testing::ExitedWithCode(kExitInterrupted), "^written visavis: stopped\n$");
}

TEST(InterruptDeathTest, TheSecondDoesNotWait) {
  EXPECT_EXIT(
      {
        exit_on_interrupt();
        const DelayInterrupt delay;
        std::raise(SIGINT);
        std::raise(SIGINT);
        std::fputs("not reached", stderr);
      },
      testing::ExitedWithCode(kExitInterrupted), "^visavis: stopped\n$");
}

TEST(InterruptDeathTest, ACleanStopIsAskedFor) {
  EXPECT_EXIT(
      {
        exit_on_interrupt();
        stop_cleanly_on_interrupt();
        {
          const DelayInterrupt delay;
          std::raise(SIGINT);
        }
        std::exit(stop_requested() ? 7 : 8);
      },
      testing::ExitedWithCode(7), "^$");
}

class InterruptedCommand : public CommandTest {
 protected:
  CommandResult interrupt(const std::vector<std::string>& arguments) const {
    return run_visavis_and_signal(arguments, fake_models_folder().string(),
                                  wait_until_interrupts_are_handled, SIGINT);
  }
};

/// Each of these would take a minute.
TEST_F(InterruptedCommand, EndsAtOnceAndLeavesNothingBehind) {
  const std::string photo = write(Image(2400, 1800), "dark/1.png");
  const std::vector<std::string> photos(500, photo);
  const std::string out = (folder_ / "out/t.npy").string();
  std::filesystem::create_directories(folder_ / "out");
  write(Image(300, 300), "support/a/1.png");
  std::vector<std::string> embed{"embed", "--out", out};
  std::vector<std::string> classify{"classify", "--support", (folder_ / "support").string()};
  embed.insert(embed.end(), photos.begin(), photos.end());
  classify.insert(classify.end(), photos.begin(), photos.end());
  for (const std::vector<std::string>& arguments : {embed, classify}) {
    const CommandResult result = interrupt(arguments);
    EXPECT_EQ(result.exit_code, kExitInterrupted) << arguments[0] << ": " << result.err;
    EXPECT_EQ(result.out, "") << arguments[0];
    EXPECT_THAT(result.err, testing::EndsWith("visavis: stopped\n")) << arguments[0];
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "out"));
}

}  // namespace
}  // namespace visavis::interrupt_test
