#include "native/evaluation/robustness.h"

#include <gtest/gtest.h>

namespace visavis {
namespace {

TEST(RobustnessTest, SecondPhotosAreAlteredAndFirstOnesKept) {
  Protocol protocol;
  protocol.name = "pairs";
  protocol.photos.resize(3);
  for (std::size_t i = 0; i < 3; ++i) protocol.photos[i].image = i;
  protocol.pairs = {{0, 1, true, 0}, {1, 2, false, 1}, {0, 2, false, 1}};
  PhotoAlteration alteration;
  alteration.occlusion = Occlusion::kHat;
  alteration.degradation = Degradation::kDark;
  const Protocol altered = alter_second_photos(protocol, alteration);
  EXPECT_EQ(altered.name, "pairs, second photos with hat and dark (seed 1)");
  EXPECT_EQ(altered.photos.size(), 4U) << "0, 1 altered, 1, 2 altered";
  ASSERT_EQ(altered.pairs.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const PhotoRef &a = altered.photos[altered.pairs[i].a], &b = altered.photos[altered.pairs[i].b];
    EXPECT_EQ(a.image, protocol.pairs[i].a) << "pair " << i;
    EXPECT_EQ(b.image, protocol.pairs[i].b) << "pair " << i;
    EXPECT_FALSE(a.is_altered) << "pair " << i;
    EXPECT_TRUE(b.is_altered) << "pair " << i;
    EXPECT_EQ(altered.pairs[i].is_genuine, protocol.pairs[i].is_genuine) << "pair " << i;
    EXPECT_EQ(altered.pairs[i].fold, protocol.pairs[i].fold) << "pair " << i;
  }
}

}  // namespace
}  // namespace visavis
