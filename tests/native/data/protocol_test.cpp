#include "native/data/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <tuple>

#include "core/base/error.h"
#include "native/evaluation/evaluation.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::protocol_test {
namespace {

/// `photos` photos for each of `people` people.
class ProtocolTest : public testing::Test {
 protected:
  Dataset make_dataset(int people, int photos) {
    for (int p = 0; p < people; ++p) {
      for (int i = 0; i < photos; ++i) {
        folder_.write("p" + std::to_string(p) + "/" + std::to_string(i) + ".jpg", std::string("x"));
      }
    }
    return Dataset::open(folder_.path().string());
  }

  static std::vector<PhotoRef> all_of(const Dataset& dataset) {
    std::vector<PhotoRef> refs;
    for (std::size_t i = 0; i < dataset.images().size(); ++i) refs.push_back({&dataset, i});
    return refs;
  }

  static std::size_t count_genuine(const Protocol& protocol) {
    std::size_t count = 0;
    for (const ProtocolPair& pair : protocol.pairs) count += pair.is_genuine ? 1 : 0;
    return count;
  }

  TemporaryFolder folder_;
};

TEST_F(ProtocolTest, ComparesEveryPhotoWithEveryOther) {
  const Dataset dataset = make_dataset(3, 4);
  const Protocol protocol = protocol_of_all(all_of(dataset), "all");
  EXPECT_EQ(protocol.pairs.size(), 66U);
  EXPECT_EQ(count_genuine(protocol), 18U);
  EXPECT_EQ(protocol.name, "all");
}

TEST_F(ProtocolTest, ComparesEveryTwoPeopleByTheirFirstPhotos) {
  const Dataset dataset = make_dataset(4, 3);
  Protocol protocol{"pairs", {}, {}};
  for (const char* name : {"p1/2.jpg", "p1/1.jpg", "p0/2.jpg", "p3/0.jpg"}) {
    protocol.photos.push_back({&dataset, dataset.find(name).value()});
  }
  protocol.pairs = {{0, 1, true, 4}, {0, 2, false, 4}};
  const Protocol all = with_all_impostors(protocol);
  EXPECT_EQ(all.name, "pairs, every two of its people");
  const auto pair = [&](std::size_t i) {
    const ProtocolPair& made = all.pairs[i];
    EXPECT_EQ(made.fold, -1);
    return std::tuple(made.a, made.b, made.is_genuine);
  };
  ASSERT_EQ(all.pairs.size(), 4U);
  EXPECT_EQ(pair(0), std::tuple(0U, 1U, true));
  EXPECT_EQ(pair(1), std::tuple(2U, 1U, false)) << "p0, and p1 by 1.jpg";
  EXPECT_EQ(pair(2), std::tuple(2U, 3U, false));
  EXPECT_EQ(pair(3), std::tuple(1U, 3U, false));
}

TEST_F(ProtocolTest, ThinsToWhatFitsAndSaysSo) {
  const Dataset dataset = make_dataset(10, 5);  // 100 genuine, 1125 impostor
  const Protocol protocol = protocol_of_all(all_of(dataset), "all", 300, 7);
  EXPECT_EQ(protocol.pairs.size(), 300U);
  EXPECT_EQ(count_genuine(protocol), 100U) << "the scarcer kind is kept whole";
  EXPECT_EQ(protocol.name, "all (300 of 1225 pairs, seed 7)");
  const Protocol again = protocol_of_all(all_of(dataset), "all", 300, 7);
  const Protocol other = protocol_of_all(all_of(dataset), "all", 300, 8);
  std::set<std::pair<unsigned, unsigned>> first, second, third;
  for (const auto& pair : protocol.pairs) first.emplace(pair.a, pair.b);
  for (const auto& pair : again.pairs) second.emplace(pair.a, pair.b);
  for (const auto& pair : other.pairs) third.emplace(pair.a, pair.b);
  EXPECT_EQ(first.size(), 300U) << "no pair twice";
  EXPECT_EQ(first, second);
  EXPECT_NE(first, third);
  EXPECT_EQ(protocol_of_all(all_of(dataset), "all", 150, 1).pairs.size(), 150U);
}

TEST_F(ProtocolTest, ComparesReferencesWithProbes) {
  const TemporaryFolder folder;
  for (const char* name : {"n/001_03.jpg", "n/002_03.jpg", "s/001_08.jpg", "s/003_08.jpg"}) {
    folder.write(name, std::string("x"));
  }
  const Dataset references = Dataset::open((folder / "n").string());
  const Dataset probes = Dataset::open((folder / "s").string());
  const Protocol protocol = protocol_of_references(references, probes, "cross");
  ASSERT_EQ(protocol.pairs.size(), 4U);
  EXPECT_EQ(count_genuine(protocol), 1U);
  EXPECT_TRUE(protocol.pairs[0].is_genuine);
  EXPECT_EQ(protocol.pairs[0].a, 0U);
  EXPECT_EQ(protocol.pairs[0].b, 2U);
}

TEST_F(ProtocolTest, UsesAPhotoOfSeveralPairsOnce) {
  const Dataset dataset = make_dataset(2, 2);
  const Protocol protocol = protocol_of_pairs(
      dataset, {{"p0/0", "p0/1", true, 0}, {"p0/0", "p1/0.jpg", false, 1}}, "pairs");
  EXPECT_EQ(protocol.photos.size(), 3U);
  EXPECT_EQ(protocol.pairs[1].a, protocol.pairs[0].a);
  EXPECT_EQ(protocol.pairs[1].fold, 1);
  expect_error(ErrorCode::kInvalidArgument, "no image 'p9/0'", [&] {
    protocol_of_pairs(dataset, {{"p0/0", "p9/0", false, 0}}, "pairs");
  });
}

TEST_F(ProtocolTest, CountsPhotosWithoutAFace) {
  const Dataset dataset = make_dataset(1, 3);
  const Protocol protocol = protocol_of_all(all_of(dataset), "all");
  const std::vector<EmbeddedPhoto> embedded{
      {{1, 0}, {}, "", "", false},
      {{0, 1}, {}, "", "", false},
      {{}, {}, "photo: no face found", "no face found", false}};
  const auto pairs = measure_pairs(protocol, embedded);
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_FLOAT_EQ(pairs[0].distance, std::sqrt(2.0F));
  EXPECT_TRUE(pairs[0].has_face);
  EXPECT_FALSE(pairs[1].has_face);
  EXPECT_FALSE(pairs[2].has_face);
}

}  // namespace
}  // namespace visavis::protocol_test
