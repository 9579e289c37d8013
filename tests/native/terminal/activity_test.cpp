#include "native/terminal/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>

namespace visavis::activity_test {
namespace {

using std::chrono::milliseconds;

/// Keeps what is written, and lets a test wait for it.
class Terminal : public std::streambuf {
 public:
  void wait_for(const std::string& words) {
    std::unique_lock lock(mutex_);
    written_.wait(lock, [&] { return text_.find(words) != std::string::npos; });
  }
  [[nodiscard]] std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 protected:
  std::streamsize xsputn(const char* letters, std::streamsize count) override {
    const std::lock_guard lock(mutex_);
    text_.append(letters, static_cast<std::size_t>(count));
    written_.notify_all();
    return count;
  }
  int_type overflow(int_type letter) override {
    const char c = traits_type::to_char_type(letter);
    xsputn(&c, 1);
    return letter;
  }

 private:
  std::mutex mutex_;
  std::condition_variable written_;
  std::string text_;
};

TEST(Activity, ShowsTimeThenSharesAndTakesTheLineAway) {
  Terminal terminal;
  std::ostream out(&terminal);
  {
    Activity activity("looking for faces", 2, out, ProgressStyle::kBar, milliseconds(0));
    terminal.wait_for("looking for faces, 0:0");
    activity.set_share(0, 0.5);
    activity.set_share(1, 0.25);
    terminal.wait_for("38%, 0:0");
  }
  EXPECT_THAT(terminal.text(), testing::HasSubstr("━"));
  EXPECT_THAT(terminal.text(), testing::EndsWith("\r\x1b[K"));
}

TEST(Activity, SaysNothingOfWhatIsShort) {
  std::ostringstream out;
  { const Activity activity("reading", 1, out, ProgressStyle::kBar, milliseconds(3'600'000)); }
  EXPECT_EQ(out.str(), "");
}

TEST(Activity, SaysNothingInALog) {
  std::ostringstream out;
  {
    Activity activity("reading", 1, out, ProgressStyle::kLines, milliseconds(0));
    activity.set_share(0, 0.5);
  }
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace visavis::activity_test
