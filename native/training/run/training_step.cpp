#include "native/training/run/training_step.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

/// What must be the same on all ranks, as floats that hold it exactly.
struct RankSetup {
  static constexpr std::size_t kCount = 4;
  static constexpr const char* kNames[kCount] = {"rows", "episodes", "the teacher's length",
                                                 "threads"};
  float values[kCount];
};

RankSetup setup_of(const Array<float>& images, const BatchLabels& labels, int threads) {
  const Array<float>& teacher = labels.teacher;
  const std::size_t teacher_length = teacher.size() == 0 ? 0 : teacher.shape().back();
  return {{static_cast<float>(images.shape().front()), labels.is_query.empty() ? 0.0F : 1.0F,
           static_cast<float>(teacher_length), static_cast<float>(threads)}};
}

}  // namespace

TrainingStep::TrainingStep(TrainableNetwork<float>& network, Loss<float>& loss,
                           Optimizer& optimizer, Communicator& communicator, ThreadPool& threads,
                           double gradient_clip)
    : network_(network),
      loss_(loss),
      optimizer_(optimizer),
      communicator_(communicator),
      threads_(threads),
      gradient_clip_(gradient_clip),
      network_parameters_(network.parameters()),
      parameters_(network_parameters_) {
  const std::vector<TrainableParameter<float>*> of_loss = loss.parameters();
  parameters_.insert(parameters_.end(), of_loss.begin(), of_loss.end());
  network_.set_reducer(&communicator_);
}

TrainingStep::~TrainingStep() { network_.set_reducer(nullptr); }

StepResult TrainingStep::run(const Array<float>& images, const BatchLabels& labels,
                             double learning_rate) {
  check_same_everywhere(images, labels);
  zero_gradients();
  const Array<float>& embeddings = network_.forward(images, true);
  const Array<float>& all = gather_rows(embeddings, all_embeddings_);
  StepResult result;
  result.loss = loss_.evaluate(all, gather_labels(labels), all_gradients_);
  result.figures = loss_.figures();
  result.gradient_norm = std::numeric_limits<double>::quiet_NaN();
  if (!std::isfinite(result.loss)) return result;
  backward(embeddings);
  result.gradient_norm = gradient_clip_ > 0 ? clip_gradients(parameters_, gradient_clip_, threads_)
                                            : gradient_norm(parameters_, threads_);
  if (!std::isfinite(result.gradient_norm)) return result;
  optimizer_.step(learning_rate, labels.step);
  result.has_updated = true;
  return result;
}

void TrainingStep::check_same_everywhere(const Array<float>& images, const BatchLabels& labels) {
  if (images.shape().size() != 4 || images.shape()[0] == 0) {
    refuse("training step",
           "images are " + to_string(images.shape()) + ", not [rows, height, width, channels]");
  }
  const std::size_t rows = images.shape()[0];
  const bool is_labelled =
      labels.labels.size() == rows && (labels.is_query.empty() || labels.is_query.size() == rows) &&
      (labels.teacher.size() == 0 ||
       (labels.teacher.shape().size() == 2 && labels.teacher.shape()[0] == rows));
  if (!is_labelled) {
    refuse("training step", "labels of another batch: " + std::to_string(labels.labels.size()) +
                                " labels for " + std::to_string(rows) + " images");
  }
  const std::size_t ranks = communicator_.ranks();
  if (ranks == 1) return;
  const RankSetup mine = setup_of(images, labels, threads_.threads());
  std::vector<RankSetup> all(ranks);
  communicator_.gather(mine.values, RankSetup::kCount, all.front().values);
  for (std::size_t rank = 1; rank < ranks; ++rank) {
    for (std::size_t i = 0; i < RankSetup::kCount; ++i) {
      if (all[rank].values[i] == all[0].values[i]) continue;
      refuse("training step",
             std::string(RankSetup::kNames[i]) +
                 " differ between ranks: " + std::to_string(std::lround(all[0].values[i])) +
                 " on rank 0, " + std::to_string(std::lround(all[rank].values[i])) + " on rank " +
                 std::to_string(rank) + "; give all ranks the same, and a batch that they divide");
    }
  }
}

const Array<float>& TrainingStep::gather_rows(const Array<float>& rows, Array<float>& all) {
  const std::size_t ranks = communicator_.ranks();
  if (ranks == 1) return rows;
  Shape shape = rows.shape();
  shape[0] *= ranks;
  all.resize(shape);
  communicator_.gather(rows.data(), rows.size(), all.data());
  return all;
}

const BatchLabels& TrainingStep::gather_labels(const BatchLabels& labels) {
  const std::size_t ranks = communicator_.ranks();
  if (ranks == 1) return labels;
  // A label travels as the bits of a float, and is never calculated with; is_query beside it.
  static_assert(sizeof(int) == sizeof(float));
  const std::size_t rows = labels.labels.size();
  std::vector<float> mine(2 * rows, 0.0F);
  std::memcpy(mine.data(), labels.labels.data(), rows * sizeof(int));
  for (std::size_t i = 0; i < labels.is_query.size(); ++i) {
    mine[rows + i] = labels.is_query[i] ? 1.0F : 0.0F;
  }
  std::vector<float> all(mine.size() * ranks);
  communicator_.gather(mine.data(), mine.size(), all.data());

  all_labels_.step = labels.step;
  all_labels_.labels.resize(rows * ranks);
  all_labels_.is_query.resize(labels.is_query.size() * ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    const float* from = all.data() + rank * mine.size();
    std::memcpy(all_labels_.labels.data() + rank * rows, from, rows * sizeof(int));
    for (std::size_t i = 0; i < labels.is_query.size(); ++i) {
      all_labels_.is_query[rank * rows + i] = from[rows + i] > 0;
    }
  }
  all_labels_.teacher.resize({0});
  if (labels.teacher.size() > 0) gather_rows(labels.teacher, all_labels_.teacher);
  return all_labels_;
}

void TrainingStep::backward(const Array<float>& embeddings) {
  // The loss is a mean over the global batch, so a rank's rows hold all that these rows give to
  // the gradient; the sum over ranks is the gradient. The loss's own parameters had theirs from the
  // global batch already.
  own_gradients_.resize(embeddings.shape());
  std::copy_n(all_gradients_.data() + communicator_.rank() * embeddings.size(), embeddings.size(),
              own_gradients_.data());
  network_.backward(own_gradients_, [&](std::size_t i) {
    TrainableParameter<float>& parameter = *network_parameters_[i];
    if (!parameter.is_trained) return;
    communicator_.start_sum(parameter.gradient.data(), parameter.gradient.size());
  });
  communicator_.wait_for_sums();
}

void TrainingStep::zero_gradients() {
  for (TrainableParameter<float>* parameter : parameters_) parameter->gradient.fill(0.0F);
}

}  // namespace visavis
