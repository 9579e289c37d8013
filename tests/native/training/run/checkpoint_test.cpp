#include "native/training/run/checkpoint.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <limits>

#include "core/base/crc32.h"
#include "native/system/atomic_file.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"
#include "tests/native/training/optimization/random_parameters.h"

namespace visavis::checkpoint_test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kHeaderSize = 24;

Array<float> ramp(Shape shape, float from) {
  Array<float> array(std::move(shape));
  for (std::size_t i = 0; i < array.size(); ++i) array[i] = from + static_cast<float>(i) / 3;
  return array;
}

Checkpoint example() {
  Checkpoint checkpoint;
  checkpoint.settings = {{"architecture", "conv4"}, {"batch", "64"}, {"seed", "7"}};
  checkpoint.step = (std::uint64_t{1} << 40U) + 3;
  checkpoint.arrays.emplace("network/conv.filter", ramp({2, 3, 3, 1}, 1));
  checkpoint.arrays.emplace("optimizer/velocity/conv.filter", ramp({2, 3, 3, 1}, -5));
  checkpoint.arrays.emplace("best/empty", Array<float>({0, 4}));
  Array<float> special({3});
  special[0] = std::numeric_limits<float>::quiet_NaN();
  special[1] = -0.0F;
  special[2] = std::numeric_limits<float>::denorm_min();
  checkpoint.arrays.emplace("average/special", special);
  checkpoint.random = "1 2 3";
  checkpoint.history = "step,epoch,seconds,loss\n1,0.5,2,0.25\n";
  checkpoint.progress = {{"best", "0.125"}, {"best epoch", "3"}};
  return checkpoint;
}

Bytes bytes_of(const std::filesystem::path& file) { return read_file(file, 1U << 30U); }

/// The payload in a sound envelope: what is wrong with it is found by reading it.
Bytes sealed(const Bytes& payload) {
  Bytes bytes = {'V', 'I', 'S', 'A', 'V', 'I', 'S', 'C', 1, 0, 0, 0};
  const std::uint64_t length = payload.size();
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
  const std::uint32_t crc = crc32(payload);
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

class CheckpointFile : public testing::Test {
 protected:
  void SetUp() override {
    save_checkpoint(example(), file_);
    bytes_ = bytes_of(file_);
  }
  static void expect_refused(ErrorCode code, const std::string& part, const Bytes& bytes) {
    expect_error(code, part, [&] { read_checkpoint(bytes, "run.checkpoint"); });
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "run.checkpoint";
  Bytes bytes_;
};

TEST_F(CheckpointFile, KeepsEverythingBitForBit) {
  const Checkpoint expected = example();
  const Checkpoint actual = load_checkpoint(file_);
  EXPECT_EQ(actual.settings, expected.settings);
  EXPECT_EQ(actual.step, expected.step);
  EXPECT_EQ(actual.random, expected.random);
  EXPECT_EQ(actual.history, expected.history);
  EXPECT_EQ(actual.progress, expected.progress);
  ASSERT_EQ(actual.arrays.size(), expected.arrays.size());
  for (const auto& [name, array] : expected.arrays) {
    ASSERT_TRUE(actual.arrays.contains(name)) << name;
    EXPECT_EQ(actual.arrays.at(name).shape(), array.shape()) << name;
    if (array.size() == 0) continue;  // memcmp wants a pointer even to nothing.
    EXPECT_EQ(std::memcmp(actual.arrays.at(name).data(), array.data(), 4 * array.size()), 0)
        << name;
  }
}

TEST_F(CheckpointFile, OfTheSameRunHasTheSameBytes) {
  save_checkpoint(load_checkpoint(file_), folder_ / "again");
  EXPECT_EQ(bytes_of(folder_ / "again"), bytes_);
}

TEST_F(CheckpointFile, KeepsAnEmptyRun) {
  save_checkpoint({}, file_);
  EXPECT_TRUE(load_checkpoint(file_).arrays.empty());
}

TEST_F(CheckpointFile, KeepsManyMegabytes) {
  Checkpoint large;
  for (const char* name : {"network", "velocity", "average", "best", "best average"}) {
    large.arrays.emplace(name, ramp({1'000'003}, 0.5F));
  }
  save_checkpoint(large, file_);
  const Checkpoint loaded = load_checkpoint(file_);
  for (const auto& [name, array] : large.arrays) {
    EXPECT_TRUE(same_bits(loaded.arrays.at(name), array)) << name;
  }
}

TEST_F(CheckpointFile, RefusesAFileThatEndsEarlyAnywhere) {
  for (std::size_t size = 0; size < bytes_.size(); size += 7) {
    SCOPED_TRACE("ends after " + std::to_string(size));
    expect_refused(ErrorCode::kModelTruncated, size == 0 ? "is empty" : "ends after",
                   Bytes(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(size)));
  }
}

TEST_F(CheckpointFile, RefusesAPayloadThatEndsEarlyAnywhere) {
  const Bytes payload(bytes_.begin() + kHeaderSize, bytes_.end());
  for (std::size_t size = 0; size < payload.size(); ++size) {
    SCOPED_TRACE("payload of " + std::to_string(size));
    expect_refused(ErrorCode::kModelCorrupt, "is damaged",
                   sealed({payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size)}));
  }
}

TEST_F(CheckpointFile, RefusesFlippedBytesOfThePayload) {
  for (std::size_t i = kHeaderSize; i < bytes_.size(); i += 5) {
    SCOPED_TRACE("byte " + std::to_string(i));
    Bytes flipped = bytes_;
    flipped[i] ^= 0x10U;
    expect_refused(ErrorCode::kModelCorrupt, "checksum does not match", flipped);
  }
}

/// Sizes that lie, checksum and all: what comes back is an error or an honest checkpoint, never a
/// crash or memory for what the file does not hold.
TEST_F(CheckpointFile, SurvivesFlippedBytesUnderASoundChecksum) {
  const Bytes payload(bytes_.begin() + kHeaderSize, bytes_.end());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    for (const int mask : {0x01, 0x80, 0xFF}) {
      SCOPED_TRACE("byte " + std::to_string(i) + " mask " + std::to_string(mask));
      Bytes flipped = payload;
      flipped[i] = static_cast<std::uint8_t>(flipped[i] ^ mask);
      try {
        const Checkpoint read = read_checkpoint(sealed(flipped), "run.checkpoint");
        std::size_t elements = 0;
        for (const auto& [name, array] : read.arrays) elements += array.size();
        EXPECT_LE(4 * elements, payload.size());
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kModelCorrupt) << error.what();
      }
    }
  }
}

TEST_F(CheckpointFile, RefusesForeignFiles) {
  const auto refused = [&](const std::string& content, const std::string& part) {
    const auto bad = folder_.write("bad", content);
    expect_error(ErrorCode::kModelForeign, "is not a visavis checkpoint but " + part,
                 [&] { load_checkpoint(bad); });
  };
  refused("hello, this is a text file", "something else");
  refused(std::string("VISAVIS\0 and a network", 22), "a visavis model");
  refused(std::string(100, '\0'), "nothing but zero bytes");
}

TEST_F(CheckpointFile, RefusesNewerVersionsAndBytesLeftOver) {
  Bytes newer = bytes_;
  newer[8] = kCheckpointFormatVersion + 1;
  expect_refused(ErrorCode::kModelVersion, "reads up to version 1: update visavis", newer);
  Bytes zero = bytes_;
  zero[8] = 0;
  expect_refused(ErrorCode::kModelCorrupt, "no format version 0", zero);
  Bytes longer = bytes_;
  longer.push_back(0);
  expect_refused(ErrorCode::kModelCorrupt, "longer than it says", longer);
  Bytes payload(bytes_.begin() + kHeaderSize, bytes_.end());
  payload.push_back(0);
  expect_refused(ErrorCode::kModelCorrupt, "bytes are left over", sealed(payload));
}

TEST_F(CheckpointFile, SaysThatThereIsNone) {
  expect_error(ErrorCode::kIo, "no such file", [&] { load_checkpoint(folder_ / "none"); });
}

/// In a child, whose files may not grow beyond half of what the new checkpoint needs: the kernel
/// refuses the write in the middle, as a full disk does.
TEST_F(CheckpointFile, AFullDiskLeavesTheLastGoodOne) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {200'000, 200'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    Checkpoint large = example();
    large.arrays.emplace("network/large", Array<float>({100'000}));
    try {
      save_checkpoint(large, file_);
    } catch (const Error& error) {
      const bool says_why = std::strstr(error.what(), "cannot be written") != nullptr;
      ::_exit(error.code() == ErrorCode::kIo && says_why ? 0 : 3);
    }
    ::_exit(4);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "2: no limit set, 3: another error, 4: no error";
  EXPECT_EQ(bytes_of(file_), bytes_) << "the old checkpoint changed";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1)
      << "a temporary file was left";
}

TEST(CheckpointSettings, NamesTheFirstThatDiffersWithBothValuesAndWhatToDo) {
  const Checkpoint checkpoint = example();
  check_same_settings(checkpoint, checkpoint.settings, "run.checkpoint");
  check_same_settings(checkpoint, {{"seed", "7"}, {"architecture", "conv4"}, {"batch", "64"}},
                      "run.checkpoint");
  const auto refused = [&](const std::string& part, decltype(Checkpoint::settings) settings) {
    expect_error(ErrorCode::kModelMismatch, part,
                 [&] { check_same_settings(checkpoint, settings, "run.checkpoint"); });
  };
  auto settings = checkpoint.settings;
  settings[1].second = "32";
  settings[2].second = "8";
  refused("run.checkpoint is of a run whose batch was '64', and now it is '32'; ", settings);
  refused("give it as before, or start a new run without --resume", settings);
  settings = checkpoint.settings;
  settings.pop_back();
  refused("seed was '7', and now it is none", settings);
  settings = checkpoint.settings;
  settings.emplace_back("teacher", "t.visavis");
  refused("teacher was none, and now it is 't.visavis'", settings);
}

}  // namespace
}  // namespace visavis::checkpoint_test
