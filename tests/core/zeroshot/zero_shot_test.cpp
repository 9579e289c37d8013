#include "core/zeroshot/zero_shot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <sstream>

#include "core/zeroshot/zero_shot_file.h"
#include "core/zeroshot/zero_shot_training.h"
#include "tests/core/base/expect_error.h"

namespace visavis::zero_shot_test {
namespace {

/// Two classes of one attribute, embeddings on a line: small enough to be worked out by hand.
const AttributeTable kLineTable{{"x"}, {"a", "b"}, {3, 1}};
const ZeroShotExamples kLineExamples{{{1}, {3}, {-1}, {-3}}, {0, 0, 1, 1}};

ZeroShotModel line_model(ZeroShotMethod method) {
  return ZeroShotSolver(kLineExamples, kLineTable, method).solve({1, 1});
}

double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1p-53 * 2 - 1;
}

/// Classes of random attributes; an image is a fixed linear map of its class's attributes, with
/// noise.
struct LinearWorld {
  AttributeTable table;
  ZeroShotExamples seen;
  ZeroShotExamples unseen;
};

LinearWorld linear_world(std::size_t seen, std::size_t unseen, double noise) {
  constexpr std::size_t kAttributes = 6;
  constexpr std::size_t kLength = 10;
  constexpr std::size_t kImages = 8;
  std::mt19937_64 random(11);
  std::vector<double> map(kLength * kAttributes);
  for (double& weight : map) weight = uniform(random);
  LinearWorld world;
  for (std::size_t a = 0; a < kAttributes; ++a) {
    world.table.attributes.push_back("attribute " + std::to_string(a));
  }
  for (std::size_t c = 0; c < seen + unseen; ++c) {
    world.table.classes.push_back("class " + std::to_string(c));
    for (std::size_t a = 0; a < kAttributes; ++a) {
      world.table.values.push_back(static_cast<float>(5 + uniform(random)));
    }
    for (std::size_t i = 0; i < kImages; ++i) {
      Embedding embedding;
      for (std::size_t k = 0; k < kLength; ++k) {
        double value = noise * uniform(random);
        for (std::size_t a = 0; a < kAttributes; ++a) {
          value += map[k * kAttributes + a] * (world.table.row(c)[a] - 5);
        }
        embedding.push_back(static_cast<float>(value));
      }
      ZeroShotExamples& part = c < seen ? world.seen : world.unseen;
      part.embeddings.push_back(std::move(embedding));
      part.label.push_back(c);
    }
  }
  return world;
}

double accuracy(const ZeroShotClassifier& classifier, const ZeroShotExamples& examples,
                const AttributeTable& table) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < examples.label.size(); ++i) {
    const auto values = classifier.compatibilities(examples.embeddings[i]);
    const auto best = std::max_element(values.begin(), values.end()) - values.begin();
    right +=
        classifier.classes()[static_cast<std::size_t>(best)] == table.classes[examples.label[i]];
  }
  return static_cast<double>(right) / static_cast<double>(examples.label.size());
}

AttributeTable rows(const AttributeTable& table, std::size_t from, std::size_t to) {
  std::vector<std::size_t> numbers(to - from);
  std::iota(numbers.begin(), numbers.end(), from);
  return rows_of(table, numbers);
}

TEST(ZeroShotTest, DirectAttributePredictionByHand) {
  const ZeroShotModel model = line_model(ZeroShotMethod::kDap);
  // Attributes 3 and 1: mean 2, deviation 1, so +-1. X X^T = 20, the ridge as much again; X S^T
  // = 8.
  EXPECT_FLOAT_EQ(model.attribute_mean[0], 2);
  EXPECT_FLOAT_EQ(model.attribute_scale[0], 1);
  EXPECT_FLOAT_EQ(model.map[0], 8.0F / 40);
  // It leaves +-0.8 and +-0.4: their mean square.
  EXPECT_FLOAT_EQ(model.variance[0], 0.4F);
  const ZeroShotClassifier classifier(model, kLineTable);
  const auto values = classifier.compatibilities({2});
  EXPECT_NEAR(values[0], 0.5 * (1 - 0.36 / 0.4 - std::log(0.4)), 1e-5);
  EXPECT_NEAR(values[1], 0.5 * (1 - 1.96 / 0.4 - std::log(0.4)), 1e-5);
  EXPECT_NEAR(classifier.probabilities({2})[0], 1 / (1 + std::exp(-2.0)), 1e-5);
}

TEST(ZeroShotTest, EszslByHand) {
  const ZeroShotModel model = line_model(ZeroShotMethod::kEszsl);
  // X Y = (8, -8), S = (1, -1): X Y S^T = 16; over X X^T + ridge = 40 and S S^T + ridge = 4.
  EXPECT_FLOAT_EQ(model.map[0], 16.0F / 160);
  const auto values = ZeroShotClassifier(model, kLineTable).compatibilities({2});
  EXPECT_NEAR(values[0], 0.2, 1e-6);
  EXPECT_NEAR(values[1], -0.2, 1e-6);
}

/// The closed form is where the gradient of ||X' V S - Y||^2 + gamma ||V S||^2 + lambda ||X' V||^2
/// + gamma lambda ||V||^2 (equation 3 of the paper) vanishes: (X X' + gamma I) V (S S' + lambda I)
/// = X Y S'.
TEST(ZeroShotTest, EszslSolvesItsNormalEquations) {
  const LinearWorld world = linear_world(7, 0, 0.5);
  const ZeroShotModel model =
      ZeroShotSolver(world.seen, world.table, ZeroShotMethod::kEszsl).solve({0.3, 0.2});
  const std::size_t length = model.embedding_length();
  const std::size_t attributes = model.attributes.size();
  const std::size_t classes = world.table.classes.size();
  const std::size_t images = world.seen.label.size();
  std::vector<std::vector<double>> s;
  for (std::size_t c = 0; c < classes; ++c) {
    s.push_back(standardized_attributes(model, world.table.row(c)));
  }
  const auto x = [&](std::size_t image, std::size_t k) {
    return static_cast<double>(world.seen.embeddings[image][k]) - model.embedding_mean[k];
  };
  // G = X X' + gamma I and H = S S' + lambda I.
  std::vector<double> g(length * length, 0), h(attributes * attributes, 0);
  double g_trace = 0, h_trace = 0;
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t j = 0; j < length; ++j) {
      for (std::size_t n = 0; n < images; ++n) g[i * length + j] += x(n, i) * x(n, j);
    }
    g_trace += g[i * length + i];
  }
  for (std::size_t a = 0; a < attributes; ++a) {
    for (std::size_t b = 0; b < attributes; ++b) {
      for (std::size_t c = 0; c < classes; ++c) h[a * attributes + b] += s[c][a] * s[c][b];
    }
    h_trace += h[a * attributes + a];
  }
  for (std::size_t i = 0; i < length; ++i) {
    g[i * length + i] += 0.3 * g_trace / static_cast<double>(length);
  }
  for (std::size_t a = 0; a < attributes; ++a) {
    h[a * attributes + a] += 0.2 * h_trace / static_cast<double>(attributes);
  }
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t a = 0; a < attributes; ++a) {
      double left = 0;
      for (std::size_t j = 0; j < length; ++j) {
        for (std::size_t b = 0; b < attributes; ++b) {
          left += g[i * length + j] * model.map[b * length + j] * h[b * attributes + a];
        }
      }
      double right = 0;
      for (std::size_t n = 0; n < images; ++n) {
        for (std::size_t c = 0; c < classes; ++c) {
          right += x(n, i) * (world.seen.label[n] == c ? 1 : -1) * s[c][a];
        }
      }
      // The map is rounded to floats, its terms add up to some ten.
      EXPECT_NEAR(left, right, 1e-4) << i << ", " << a;
    }
  }
}

TEST(ZeroShotTest, TellsUnseenClassesFromTheirDescriptions) {
  const LinearWorld world = linear_world(30, 10, 0.3);
  const AttributeTable unseen = rows(world.table, 30, 40);
  for (const ZeroShotMethod method : {ZeroShotMethod::kEszsl, ZeroShotMethod::kDap}) {
    ZeroShotSelection selection;
    const ZeroShotModel model = train_zero_shot(world.seen, world.table, method, 5, &selection);
    EXPECT_EQ(model.seen_classes.size(), 30U);
    EXPECT_EQ(selection.way, 6);
    // Chance is 0.1.
    EXPECT_GT(accuracy(ZeroShotClassifier(model, unseen), world.unseen, world.table), 0.8)
        << to_string(method);
  }
}

TEST(ZeroShotTest, BiasHandicapsSeenClassesOnly) {
  const LinearWorld world = linear_world(30, 10, 0.6);
  for (const ZeroShotMethod method : {ZeroShotMethod::kEszsl, ZeroShotMethod::kDap}) {
    const ZeroShotModel model = train_zero_shot(world.seen, world.table, method);
    const auto with =
        ZeroShotClassifier(model, world.table).compatibilities({1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    const auto without = ZeroShotClassifier(model, world.table, false)
                             .compatibilities({1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    for (std::size_t c = 0; c < 40; ++c) {
      EXPECT_NEAR(without[c] - with[c], c < 30 ? model.seen_bias : 0, 1e-9) << c;
    }
  }
}

TEST(ZeroShotTest, NothingOfUnseenClassesIsLearnt) {
  const LinearWorld world = linear_world(12, 4, 0.3);
  AttributeTable other = world.table;
  for (std::size_t i = 12 * other.attributes.size(); i < other.values.size(); ++i) {
    other.values[i] *= 3;
  }
  const ZeroShotModel model = train_zero_shot(world.seen, world.table, ZeroShotMethod::kEszsl);
  const ZeroShotModel again = train_zero_shot(world.seen, other, ZeroShotMethod::kEszsl);
  EXPECT_EQ(model.map, again.map);
  EXPECT_EQ(model.attribute_scale, again.attribute_scale);
  EXPECT_EQ(model.temperature, again.temperature);
  EXPECT_EQ(model.seen_bias, again.seen_bias);
}

TEST(ZeroShotTest, AttributeConstantOverSeenClassesIsIgnored) {
  for (const ZeroShotMethod method : {ZeroShotMethod::kEszsl, ZeroShotMethod::kDap}) {
    const AttributeTable with{{"x", "constant"}, {"a", "b"}, {3, 0.1F, 1, 0.1F}};
    const ZeroShotModel model = ZeroShotSolver(kLineExamples, with, method).solve({1, 1});
    EXPECT_EQ(model.attribute_scale[1], 0);
    const AttributeTable far{{"x", "constant"}, {"a", "c"}, {3, 0.1F, 3, 99}};
    const auto values = ZeroShotClassifier(model, far).compatibilities({2});
    EXPECT_EQ(values[0], values[1]) << to_string(method);
    const AttributeTable constant{{"x"}, {"a", "b"}, {7, 7}};
    expect_error(ErrorCode::kInvalidArgument, "every attribute is the same",
                 [&] { ZeroShotSolver(kLineExamples, constant, method); });
  }
}

TEST(ZeroShotTest, RefusesWhatCannotBeLearntFrom) {
  const auto expect = [](const std::string& part, const ZeroShotExamples& examples) {
    expect_error(ErrorCode::kInvalidArgument, part,
                 [&] { ZeroShotSolver(examples, kLineTable, ZeroShotMethod::kEszsl); });
  };
  expect("no images", {});
  expect("different lengths", {{{1}, {1, 2}}, {0, 1}});
  expect("no described class", {{{1}, {2}}, {0, 2}});
  expect("at least two described classes", {{{1}, {2}}, {0, 0}});
  expect("not finite", {{{1}, {std::numeric_limits<float>::quiet_NaN()}}, {0, 1}});
  expect_error(ErrorCode::kInvalidArgument, "above 0", [] {
    static_cast<void>(
        ZeroShotSolver(kLineExamples, kLineTable, ZeroShotMethod::kEszsl).solve({0, 1}));
  });
  expect_error(ErrorCode::kInvalidArgument, "give more classes",
               [] { select_zero_shot(kLineExamples, kLineTable, ZeroShotMethod::kEszsl, 2); });
}

TEST(ZeroShotTest, RefusesWhatCannotBeClassified) {
  const ZeroShotModel model = line_model(ZeroShotMethod::kDap);
  expect_error(ErrorCode::kInvalidArgument, "trained with 'x'", [&] {
    ZeroShotClassifier(model, {{"y"}, {"a"}, {1}});
  });
  const ZeroShotClassifier classifier(model, kLineTable);
  expect_error(ErrorCode::kInvalidArgument, "of length 2", [&] {
    static_cast<void>(classifier.compatibilities({1, 2}));
  });
  expect_error(ErrorCode::kInvalidArgument, "not finite", [&] {
    static_cast<void>(classifier.compatibilities({std::numeric_limits<float>::infinity()}));
  });
}

TEST(ZeroShotTest, RefusesAnotherEmbedder) {
  ZeroShotModel model = line_model(ZeroShotMethod::kDap);
  model.embedder = "net";
  model.embedder_digest = "12";
  require_embedder(model, "net", "12");
  expect_error(ErrorCode::kModelMismatch, "embeddings of 'net', not 'other'",
               [&] { require_embedder(model, "other", "12"); });
  expect_error(ErrorCode::kModelMismatch, "another network of the same name",
               [&] { require_embedder(model, "net", "13"); });
}

std::string saved(const ZeroShotModel& model) {
  std::ostringstream out;
  save_zero_shot(model, out);
  return out.str();
}

ZeroShotModel loaded(const std::string& bytes) {
  return load_zero_shot({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "z");
}

TEST(ZeroShotFileTest, ReadsBackWhatItWrote) {
  ZeroShotModel model = line_model(ZeroShotMethod::kDap);
  model.embedder = "net";
  model.embedder_digest = "12";
  model.temperature = 0.3;
  model.seen_bias = -0.2;
  model.record = {{"data", "here"}};
  const ZeroShotModel again = loaded(saved(model));
  EXPECT_EQ(again.method, model.method);
  EXPECT_EQ(again.embedder, model.embedder);
  EXPECT_EQ(again.embedder_digest, model.embedder_digest);
  EXPECT_EQ(again.attributes, model.attributes);
  EXPECT_EQ(again.attribute_mean, model.attribute_mean);
  EXPECT_EQ(again.attribute_scale, model.attribute_scale);
  EXPECT_EQ(again.embedding_mean, model.embedding_mean);
  EXPECT_EQ(again.map, model.map);
  EXPECT_EQ(again.variance, model.variance);
  EXPECT_EQ(again.temperature, model.temperature);
  EXPECT_EQ(again.seen_bias, model.seen_bias);
  EXPECT_EQ(again.seen_classes, model.seen_classes);
  EXPECT_EQ(again.record, model.record);
}

TEST(ZeroShotFileTest, RefusesDamagedAndForeignFiles) {
  const std::string bytes = saved(line_model(ZeroShotMethod::kEszsl));
  expect_error(ErrorCode::kModelTruncated, "z ends after",
               [&] { loaded(bytes.substr(0, bytes.size() - 1)); });
  std::string flipped = bytes;
  flipped[bytes.size() - 5] = static_cast<char>(flipped[bytes.size() - 5] ^ 1);
  expect_error(ErrorCode::kModelCorrupt, "checksum", [&] { loaded(flipped); });
  expect_error(ErrorCode::kModelForeign, "is not a zero-shot model but a PNG image",
               [] { loaded("\x89PNG\r\n\x1a\n"); });
  ZeroShotModel broken = line_model(ZeroShotMethod::kEszsl);
  broken.map.push_back(0);
  expect_error(ErrorCode::kInvalidArgument, "a map of 2 values", [&] { saved(broken); });
}

}  // namespace
}  // namespace visavis::zero_shot_test
