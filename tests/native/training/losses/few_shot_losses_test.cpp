// What is classified with is what is trained with: core's probabilities against the losses'.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "core/fewshot/few_shot.h"
#include "tests/core/model/random_models.h"
#include "tests/native/training/losses/loss_batches.h"

namespace visavis::few_shot_losses_test {
namespace {

/// The support of a random episode, and one query; raw embeddings of length about 1.
struct RandomEpisode {
  SupportSet support;
  std::vector<float> query;
};

std::vector<float> random_embedding(std::size_t length, Random& random) {
  std::vector<float> embedding(length);
  for (float& value : embedding) value = random.real(-1, 1);
  return embedding;
}

RandomEpisode random_episode(Random& random) {
  const auto length = static_cast<std::size_t>(random.integer(2, 9));
  RandomEpisode episode{SupportSet(length), random_embedding(length, random)};
  const int way = random.integer(2, 5);
  for (int c = 0; c < way; ++c) {
    std::vector<float> rows;
    for (int shots = random.integer(1, 4); shots > 0; --shots) {
      const std::vector<float> row = random_embedding(length, random);
      rows.insert(rows.end(), row.begin(), row.end());
    }
    episode.support.add_class("class " + std::to_string(c), rows);
  }
  return episode;
}

/// The loss's -log P(own class), were the query of class `own`.
double loss_of(const std::string& spec, const RandomEpisode& episode, std::size_t own) {
  const std::size_t length = episode.query.size();
  BatchLabels labels;
  std::vector<double> values;
  for (std::size_t c = 0; c < episode.support.classes().size(); ++c) {
    labels.labels.insert(labels.labels.end(), episode.support.classes()[c].shots,
                         static_cast<int>(c));
  }
  labels.is_query.assign(labels.labels.size(), false);
  labels.labels.push_back(static_cast<int>(own));
  labels.is_query.push_back(true);
  values.assign(episode.support.rows().begin(), episode.support.rows().end());
  values.insert(values.end(), episode.query.begin(), episode.query.end());
  LossContext context;
  context.dimensions = length;
  ThreadPool threads(1);
  Array<double> gradient;
  return make_loss<double>(spec, context, threads)
      ->evaluate(array_of<double>({labels.labels.size(), length}, values), labels, gradient);
}

struct Agreement {
  const char* loss;
  FewShotMethod method;
  Similarity similarity;
  double scale;
};

class FewShotLosses : public testing::TestWithParam<Agreement> {};

TEST_P(FewShotLosses, ProbabilitiesAreThoseOfTheLoss) {
  const Agreement& with = GetParam();
  FewShotOptions options;
  options.method = with.method;
  options.similarity = with.similarity;
  options.scale = with.scale;
  Random random(21);
  SCOPED_TRACE(random.trace());
  for (int i = 0; i < 50; ++i) {
    const RandomEpisode episode = random_episode(random);
    const FewShotAnswer answer = episode.support.classify(episode.query, options);
    for (const RankedClass& entry : answer.ranking) {
      // Similarities in float here, in double there: 1e-6 of their size times the scale.
      EXPECT_NEAR(entry.probability, std::exp(-loss_of(with.loss, episode, entry.index)),
                  2e-6 * (1 + with.scale))
          << with.loss << ", episode " << i << ", class " << entry.index;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Losses, FewShotLosses,
    testing::Values(Agreement{"prototypical", FewShotMethod::kPrototypes, Similarity::kEuclidean,
                              FewShotOptions{}.scale},
                    Agreement{"prototypical:similarity=cosine,scale=5", FewShotMethod::kPrototypes,
                              Similarity::kCosine, 5},
                    Agreement{"matching", FewShotMethod::kMatching, Similarity::kCosine, 1},
                    Agreement{"matching:scale=7", FewShotMethod::kMatching, Similarity::kCosine, 7},
                    Agreement{"matching:similarity=euclidean", FewShotMethod::kMatching,
                              Similarity::kEuclidean, 1}));

}  // namespace
}  // namespace visavis::few_shot_losses_test
