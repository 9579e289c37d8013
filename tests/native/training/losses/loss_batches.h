#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "native/data/training_data.h"
#include "native/training/losses/make_loss.h"

namespace visavis {

/// A specimen of every loss and of every branch of it, with options at which random embeddings are
/// neither all within nor all beyond the margin.
struct LossSpecimen {
  std::string spec;
  bool has_longer_teacher = false;
};

inline std::vector<LossSpecimen> loss_specimens() {
  return {
      {"contrastive:margin=1.5"},
      {"contrastive:margin=1.5,mining=random"},
      {"contrastive:margin=1.5,mining=hard"},
      {"triplet:margin=0.4"},
      {"triplet:margin=0.4,mining=semi-hard"},
      {"triplet:margin=0.4,mining=random"},
      {"triplet:margin=soft"},
      {"triplet:margin=0.4,distance=squared,mining=semi-hard"},
      {"koch"},
      {"koch:mining=all"},
      {"prototypical"},
      {"prototypical:similarity=cosine,scale=5"},
      {"matching:scale=5"},
      {"matching:similarity=euclidean"},
      {"matching:scale=5,full-context=true,steps=3"},
      {"matching:similarity=euclidean,full-context=true,steps=1"},
      {"arcface:scale=8"},
      {"arcface:scale=8,margin=0.8,warmup=20"},
      {"distill"},
      {"distill", true},
      {"relational:angle=0"},
      {"relational:distance=0", true},
      {"relational", true},
      {"arcface:scale=8,weight=0.5+distill:weight=2+triplet:margin=0.4", true},
  };
}

constexpr int kTestClasses = 7;

struct LossBatch {
  Array<double> embeddings;
  BatchLabels labels;
  LossContext context;
};

/// P people x K photos in any order, shot 1 or 2 where the loss wants episodes, a few unlabelled
/// rows; raw embeddings of length about 1.
inline LossBatch random_batch(const LossSpecimen& specimen, std::mt19937_64& random) {
  const auto pick = [&](std::size_t least, std::size_t most) {
    return least + random() % (most - least + 1);
  };
  LossBatch batch;
  const std::size_t people = pick(2, 5);
  const std::size_t photos = pick(3, 4);
  const std::size_t shot = pick(1, 2);
  const std::size_t unlabelled = pick(0, 2);
  std::vector<std::size_t> order(people * photos + unlabelled);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  for (const std::size_t i : order) {
    const bool is_labelled = i < people * photos;
    batch.labels.labels.push_back(is_labelled ? static_cast<int>(i / photos) : kUnlabelled);
    if (loss_needs(specimen.spec).episodes) {
      batch.labels.is_query.push_back(i % photos >= shot);
    }
  }
  batch.labels.step = random() % 40;

  const std::size_t dimensions = pick(2, 9);
  batch.context = {dimensions, kTestClasses, dimensions + (specimen.has_longer_teacher ? 3 : 0),
                   random()};
  std::normal_distribution<double> normal(0, 1 / std::sqrt(static_cast<double>(dimensions)));
  batch.embeddings.resize({order.size(), dimensions});
  for (std::size_t i = 0; i < batch.embeddings.size(); ++i) batch.embeddings[i] = normal(random);
  batch.labels.teacher.resize({order.size(), batch.context.teacher_dimensions});
  for (std::size_t i = 0; i < batch.labels.teacher.size(); ++i) {
    batch.labels.teacher[i] = static_cast<float>(normal(random));
  }
  return batch;
}

template <class T>
Array<T> array_of(Shape shape, const std::vector<double>& values) {
  Array<T> array(std::move(shape));
  for (std::size_t i = 0; i < array.size(); ++i) array[i] = static_cast<T>(values.at(i));
  return array;
}

template <class To, class From>
Array<To> array_cast(const Array<From>& from) {
  Array<To> to(from.shape());
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<To>(from[i]);
  return to;
}

}  // namespace visavis
