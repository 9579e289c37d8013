#include "native/training/run/learner_start.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "core/model/model_file.h"
#include "native/preparation/augmentation.h"
#include "native/system/atomic_file.h"
#include "native/system/counted.h"
#include "native/training/initialization/model_start.h"
#include "native/training/metric/group_projection.h"
#include "native/training/metric/kissme.h"
#include "native/training/run/checkpoint.h"
#include "native/training/run/run_setup.h"

namespace visavis {
namespace {

/// Photos to measure a model's channels on: many thousands of pixels of a channel in all but the
/// last layers, which give one number a photo.
constexpr std::size_t kMeasuredPhotos = 512;

/// Spread over the training photos, as the shipped aligner cuts them.
std::vector<FineImage> crops_to_measure(const Model& model, const PreparedData& data) {
  const std::vector<std::uint32_t>& photos = data.split.training;
  const std::size_t count = std::min(photos.size(), kMeasuredPhotos);
  std::vector<FineImage> crops;
  crops.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    crops.push_back(plain_crop(data.cache.read(photos[i * photos.size() / count]),
                               static_cast<int>(model.network.input[1]),
                               static_cast<int>(model.network.input[0])));
  }
  return crops;
}

/// Rank 0's values on every rank: measured in floating point, they might differ by a bit.
void share_parameters(TrainableNetwork<float>& network, Communicator& ranks) {
  for (TrainableParameter<float>* parameter : network.parameters()) {
    std::vector<std::uint8_t> bytes(parameter->value.size() * sizeof(float));
    std::memcpy(bytes.data(), parameter->value.data(), bytes.size());
    ranks.broadcast(bytes);
    std::memcpy(parameter->value.data(), bytes.data(), bytes.size());
  }
}

std::string in_words(const std::vector<std::string>& left) {
  if (left.empty()) return "";
  return fmt::format("--init: {} not fit and start{} afresh: {}..",
                     counted(left.size(), "parameter does", "parameters do"),
                     left.size() == 1 ? "s" : "", left.front());
}

std::string start_from_model_file(Learner& learner, const Model& model, int threads,
                                  const PreparedData& data) {
  const ModelStart start =
      start_from_model(model, learner.network().spec(), data.network.preprocessing,
                       crops_to_measure(model, data), threads);
  const std::string left = in_words(learner.start_from(start.parameters));
  if (!left.empty() || start.lost.empty()) return left;
  return fmt::format(
      "--init: {} pruned; on average {:.1f}% of the variance of what they give is lost "
      "(at most {:.1f}%)",
      counted(start.lost.size(), "layer was", "layers were"),
      100 * std::accumulate(start.lost.begin(), start.lost.end(), 0.0) /
          static_cast<double>(start.lost.size()),
      100 * *std::max_element(start.lost.begin(), start.lost.end()));
}

/// A model file to start from. What was learned on another network's embeddings goes: a projection,
/// and a metric, which the run learns anew where it is asked to.
Model read_start(std::span<const std::uint8_t> bytes, const std::string& source) {
  Model model = load_model(bytes, source);
  remove_group_projection(model);
  remove_metric(model);
  return model;
}

}  // namespace

void check_start(const NetworkPlan& plan, const NetworkSpec& network) {
  if (plan.init.empty() || plan.architecture == kArchitectureOfInit) return;
  const std::vector<std::uint8_t> bytes = read_file(plan.init, kMaxCheckpointBytes);
  if (is_checkpoint(bytes)) {
    check_start_from(read_checkpoint(bytes, plan.init.string()), network);
  } else {
    check_model_start(read_start(bytes, plan.init.string()), network);
  }
}

std::string start_learner(Learner& learner, const NetworkPlan& plan, int threads,
                          const PreparedData& data,
                          const std::vector<std::pair<std::string, std::string>>& settings,
                          Communicator& ranks) {
  if (plan.architecture == kArchitectureOfInit) {
    learner.network().set_parameters(data.network.parameters);
    share_parameters(learner.network(), ranks);
    learner.restart_average();
    return "";
  }
  const std::vector<std::uint8_t> bytes = read_on_all_ranks(plan.init, ranks);
  std::string words;
  if (is_checkpoint(bytes)) {
    const Checkpoint checkpoint = read_checkpoint(bytes, plan.init.string());
    words = in_words(learner.start_from(checkpoint, has_same_people(checkpoint, settings)));
  } else {
    // Read by all, so that all refuse a damaged file.
    const Model model = read_start(bytes, plan.init.string());
    if (ranks.rank() == 0) words = start_from_model_file(learner, model, threads, data);
    share_parameters(learner.network(), ranks);
  }
  learner.restart_average();
  return words;
}

}  // namespace visavis
