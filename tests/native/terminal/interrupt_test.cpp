#include "native/terminal/interrupt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "native/system/undivided_write.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::interrupt_test {
namespace {

/// Which comes from another thread.
[[noreturn]] void wait_for_the_end() {
  while (true) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

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
          const UndividedWrite outer;
          { const UndividedWrite inner; }
          std::raise(SIGINT);
          // Time enough to end the program too early.
          std::this_thread::sleep_for(std::chrono::milliseconds(200));
          std::fputs("written ", stderr);
        }
        wait_for_the_end();
      },
      testing::ExitedWithCode(kExitInterrupted), "^written visavis: stopped\n$");
}

TEST(InterruptDeathTest, TheSecondDoesNotWait) {
  EXPECT_EXIT(
      {
        exit_on_interrupt();
        const UndividedWrite write;
        std::raise(SIGINT);
        std::raise(SIGINT);
        wait_for_the_end();
      },
      testing::ExitedWithCode(kExitInterrupted), "^visavis: stopped\n$");
}

TEST(InterruptDeathTest, ACleanStopIsAskedFor) {
  EXPECT_EXIT(
      {
        exit_on_interrupt();
        const std::stop_token stop = stop_cleanly_on_interrupt();
        if (stop.stop_requested()) std::exit(8);
        std::raise(SIGINT);
        while (!stop.stop_requested()) std::this_thread::yield();
        std::exit(7);
      },
      testing::ExitedWithCode(7), "^$");
}

TEST(InterruptDeathTest, ASecondEndsWhatDoesNotStop) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          exit_on_interrupt();
          stop_cleanly_on_interrupt();
          std::raise(signal);
          std::raise(signal);
          wait_for_the_end();
        },
        testing::KilledBySignal(signal), "^$");
  }
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
