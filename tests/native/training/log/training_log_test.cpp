#include "native/training/log/training_log.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/crc32.h"
#include "native/training/log/event_file.h"
#include "native/training/log/training_csv.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::training_log_test {
namespace {

namespace fs = std::filesystem;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Reads what the log writes of protobuf, and no more; throws where the bytes are anything else.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool is_done() const { return bytes_.empty(); }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) throw std::runtime_error("the message ends early");
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  template <class T>
  T fixed() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
  }
  std::string_view bytes() { return take(varint()); }

 private:
  std::string_view bytes_;
};

struct ReadEvent {
  double wall_time = 0;
  std::uint64_t step = 0;
  std::string file_version;
  std::map<std::string, float> scalars;
};

std::pair<std::string, float> read_scalar(std::string_view message) {
  WireReader reader(message);
  std::pair<std::string, float> scalar;
  EXPECT_EQ(reader.varint(), (1U << 3U) | 2U);  // tag, bytes
  scalar.first = reader.bytes();
  EXPECT_EQ(reader.varint(), (2U << 3U) | 5U);  // simple_value, 4 bytes
  scalar.second = reader.fixed<float>();
  EXPECT_TRUE(reader.is_done());
  return scalar;
}

ReadEvent read_event(std::string_view message) {
  ReadEvent event;
  for (WireReader reader(message); !reader.is_done();) {
    switch (const std::uint64_t tag = reader.varint()) {
      case (1U << 3U) | 1U:
        event.wall_time = reader.fixed<double>();
        break;
      case 2U << 3U:
        event.step = reader.varint();
        break;
      case (3U << 3U) | 2U:
        event.file_version = reader.bytes();
        break;
      case (5U << 3U) | 2U:
        for (WireReader summary(reader.bytes()); !summary.is_done();) {
          EXPECT_EQ(summary.varint(), (1U << 3U) | 2U);
          event.scalars.insert(read_scalar(summary.bytes()));
        }
        break;
      default:
        throw std::runtime_error("unexpected tag " + std::to_string(tag));
    }
  }
  return event;
}

std::uint32_t masked(std::string_view bytes) {
  const std::uint32_t crc =
      crc32c({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

std::vector<ReadEvent> read_events(const std::string& file) {
  std::vector<ReadEvent> events;
  for (WireReader reader(file); !reader.is_done();) {
    const std::string_view length = reader.take(8);
    EXPECT_EQ(reader.fixed<std::uint32_t>(), masked(length));
    const std::string_view payload = reader.take(WireReader(length).fixed<std::uint64_t>());
    EXPECT_EQ(reader.fixed<std::uint32_t>(), masked(payload));
    events.push_back(read_event(payload));
  }
  return events;
}

class TrainingLogFiles : public testing::Test {
 protected:
  std::string csv_file() { return read_text_file(folder_ / "log.csv"); }
  std::vector<fs::path> event_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().filename().string().starts_with("events.out.tfevents.")) {
        files.push_back(entry.path());
      }
    }
    return files;
  }
  std::vector<ReadEvent> events() {
    const auto files = event_files();
    EXPECT_EQ(files.size(), 1U);
    return read_events(read_text_file(files.at(0)));
  }

  TemporaryFolder folder_;
};

TEST(Crc32c, HasItsCheckValue) {
  const std::string digits = "123456789";
  EXPECT_EQ(crc32c({reinterpret_cast<const std::uint8_t*>(digits.data()), digits.size()}),
            0xE3069283U);
}

TEST_F(TrainingLogFiles, CsvGrowsByLinesAndColumns) {
  TrainingLog log(folder_.path(), "");
  EXPECT_EQ(csv_file(), "step,epoch,seconds\n");
  log.add({10, 0.5, 2, {{"loss", 0.25}}});
  EXPECT_EQ(csv_file(), "step,epoch,seconds,loss\n10,0.5,2,0.25\n");
  log.add({20, 1, 4, {{"a", 1}, {"loss", 0.125}}});
  log.add({20, 1, 5, {{"validation/eer", 0.1}}});
  log.add({30, 1.5, 6, {{"loss", kNan}, {"a", -std::numeric_limits<double>::infinity()}}});
  EXPECT_EQ(csv_file(),
            "step,epoch,seconds,loss,a,validation/eer\n"
            "10,0.5,2,0.25,,\n"
            "20,1,4,0.125,1,\n"
            "20,1,5,,,0.1\n"
            "30,1.5,6,nan,-inf,\n");
  EXPECT_EQ(log.csv(), csv_file());
  EXPECT_EQ(log.rows().size(), 4U);
}

TEST_F(TrainingLogFiles, ReadsBackEveryNumberToTheBit) {
  TrainingLog log(folder_.path(), "");
  log.add({std::numeric_limits<std::uint64_t>::max(),
           1.0 / 3,
           1e-300,
           {{"a", 0.1 + 0.2},
            {"b", std::numeric_limits<double>::denorm_min()},
            {"c", -0.0},
            {"d", std::numeric_limits<double>::max()},
            {"e", kNan},
            {"f", std::numeric_limits<double>::infinity()}}});
  const std::vector<LogRow> rows = parse_training_csv(log.csv());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].step, log.rows()[0].step);
  EXPECT_EQ(rows[0].epoch, log.rows()[0].epoch);
  EXPECT_EQ(rows[0].seconds, log.rows()[0].seconds);
  ASSERT_EQ(rows[0].figures.size(), log.rows()[0].figures.size());
  for (const auto& [name, value] : log.rows()[0].figures) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(rows[0].figures.at(name)),
              std::bit_cast<std::uint64_t>(value))
        << name;
  }
}

TEST_F(TrainingLogFiles, EventsHoldTheScalars) {
  TrainingLog log(folder_.path(), "");
  log.add({300, 0.5, 2, {{"loss", 0.25}, {"validation/eer", 0.125}}});
  log.add({301, 1, 3.5, {{"loss", kNan}}});
  const std::vector<ReadEvent> read = events();
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[0].file_version, "brain.Event:2");
  EXPECT_EQ(read[1].step, 300U);
  EXPECT_EQ(read[1].scalars, (std::map<std::string, float>{
                                 {"epoch", 0.5F}, {"loss", 0.25F}, {"validation/eer", 0.125F}}));
  EXPECT_NEAR(read[2].wall_time - read[1].wall_time, 1.5, 1e-6);  // Doubles near 2e9.
  EXPECT_TRUE(std::isnan(read[2].scalars.at("loss")));
}

TEST_F(TrainingLogFiles, AResumedRunDropsWhatCameAfterTheCheckpoint) {
  folder_.write("events.out.tfevents.1.elsewhere", "another program's");
  folder_.write("events.out.tfevents.1.elsewhere.visavis", "of a run before");
  std::string history;
  {
    TrainingLog log(folder_.path(), "");
    log.add({1, 0.5, 2, {{"loss", 3}}});
    history = log.csv();
    log.add({2, 1, 4, {{"loss", 2}, {"later", 1}}});
  }
  TrainingLog log(folder_.path(), history);
  EXPECT_EQ(csv_file(), history);
  EXPECT_EQ(log.rows().size(), 1U);
  log.add({2, 1, 5, {{"loss", 2.5}}});
  EXPECT_EQ(csv_file(), "step,epoch,seconds,loss\n1,0.5,2,3\n2,1,5,2.5\n");
  EXPECT_EQ(read_text_file(folder_ / "events.out.tfevents.1.elsewhere"), "another program's");
  fs::remove(folder_ / "events.out.tfevents.1.elsewhere");
  const std::vector<ReadEvent> read = events();
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[1].scalars.at("loss"), 3.0F);
  EXPECT_EQ(read[2].scalars.at("loss"), 2.5F);
}

TEST_F(TrainingLogFiles, AResumedRunHasTheSameTextAsOneThatNeverStopped) {
  const std::vector<LogRow> rows = {{1, 0.1, 1, {{"z", 1}}},
                                    {2, 0.2, 2, {{"a", 2}}},
                                    {3, 0.3, 3, {{"a", 1.0 / 3}, {"m", 1}, {"z", 0}}}};
  TrainingLog whole(folder_.path(), "");
  for (const LogRow& row : rows) whole.add(row);
  std::string history;
  for (const LogRow& row : rows) {  // Stopped after each row.
    TrainingLog part(folder_.path(), history);
    part.add(row);
    history = part.csv();
  }
  EXPECT_EQ(history, whole.csv());
}

TEST_F(TrainingLogFiles, RefusesNamesThatNoColumnCanHave) {
  TrainingLog log(folder_.path(), "");
  for (const char* name : {"", "step", "epoch", "seconds", "a,b", "a\"b", "a\nb"}) {
    expect_error(ErrorCode::kInvalidArgument, "the training log cannot have a figure named", [&] {
      log.add({1, 0, 0, {{name, 1}}});
    });
  }
  EXPECT_TRUE(log.rows().empty());
}

TEST_F(TrainingLogFiles, SaysWhyItCannotWrite) {
  const fs::path file = folder_.write("file", "not a folder");
  expect_error(ErrorCode::kIo, (file / "log").string() + ": cannot be created",
               [&] { TrainingLog(file / "log", ""); });
}

TEST(TrainingCsv, NamesTheLineThatIsDamaged) {
  const auto refused = [](const std::string& csv, const std::string& part) {
    expect_error(ErrorCode::kModelCorrupt, part, [&] { parse_training_csv(csv); });
  };
  const std::string header = "step,epoch,seconds,loss\n";
  EXPECT_TRUE(parse_training_csv("").empty());
  EXPECT_TRUE(parse_training_csv(header).empty());
  refused("hello\n", "line 1");
  refused("step,epoch,seconds,,\n", "column 4");
  refused("step,epoch,seconds,a,a\n", "column 4");
  refused(header + "1,2,3,4", "ends within a line");
  refused(header + "1,2,3,4\n1,2,3\n",
          "line 3 of the training log: 3 fields where the header has 4");
  refused(header + "1,2,3,x\n", "line 2 of the training log: 'x' in column 'loss' is no number");
  refused(header + "-1,2,3,4\n", "'-1' in column 'step'");
  refused(header + "1,,3,4\n", "'' in column 'epoch'");
}

}  // namespace
}  // namespace visavis::training_log_test
