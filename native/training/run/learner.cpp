#include "native/training/run/learner.h"

#include <algorithm>
#include <sstream>

#include "core/base/error.h"
#include "core/model/model.h"
#include "native/training/losses/make_loss.h"

namespace visavis {
namespace {

constexpr const char* kNetwork = "network/";
constexpr const char* kLoss = "loss/";
constexpr const char* kOptimizer = "optimizer/";
constexpr const char* kAverage = "average/";

void add_with_prefix(const char* prefix, const TrainingState& from, TrainingState& to) {
  for (const auto& [name, array] : from) to[prefix + name] = array;
}

TrainingState with_prefix(const char* prefix, const TrainingState& state) {
  TrainingState part;
  const std::string start = prefix;
  for (auto i = state.lower_bound(start);
       i != state.end() && i->first.compare(0, start.size(), start) == 0; ++i) {
    part[i->first.substr(start.size())] = i->second;
  }
  return part;
}

void save_values(const char* prefix, const std::vector<TrainableParameter<float>*>& parameters,
                 TrainingState& to) {
  for (const TrainableParameter<float>* p : parameters) to[prefix + p->name] = p->value;
}

void restore_values(const char* prefix, const std::vector<TrainableParameter<float>*>& parameters,
                    const TrainingState& from) {
  for (TrainableParameter<float>* p : parameters) {
    const auto found = from.find(prefix + p->name);
    if (found == from.end() || found->second.shape() != p->value.shape()) {
      throw Error(ErrorCode::kModelMismatch,
                  "checkpoint: '" + p->name + "' is missing or of another shape than " +
                      to_string(p->value.shape()) + "; it is of another architecture or loss");
    }
    p->value = found->second;
  }
}

/// Two neighbouring cells of `from` and the second's weight, for a cell of `to` at the same place.
struct Between {
  std::size_t first = 0, second = 0;
  float weight = 0;
};

Between between(std::size_t cell, std::size_t from, std::size_t to) {
  const double place =
      (static_cast<double>(cell) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
  const double inside = std::clamp(place, 0.0, static_cast<double>(from - 1));
  const auto first = static_cast<std::size_t>(inside);
  return {first, std::min(first + 1, from - 1),
          static_cast<float>(inside - static_cast<double>(first))};
}

/// A depthwise filter [kh, kw, c] stretched to another kernel size, bilinearly by the cells'
/// centres, to about the same sums: what makes a network the start of one for other input sizes,
/// whose global depthwise convolution spans more or fewer cells.
void stretch_filter(const Array<float>& from, Array<float>& to) {
  const Shape& a = from.shape();
  const Shape& b = to.shape();
  const float share = static_cast<float>(a[0] * a[1]) / static_cast<float>(b[0] * b[1]);
  for (std::size_t y = 0; y < b[0]; ++y) {
    const Between rows = between(y, a[0], b[0]);
    for (std::size_t x = 0; x < b[1]; ++x) {
      const Between columns = between(x, a[1], b[1]);
      for (std::size_t c = 0; c < b[2]; ++c) {
        const auto in_row = [&](std::size_t row) {
          return std::lerp(from[(row * a[1] + columns.first) * a[2] + c],
                           from[(row * a[1] + columns.second) * a[2] + c], columns.weight);
        };
        to[(y * b[1] + x) * b[2] + c] =
            share * std::lerp(in_row(rows.first), in_row(rows.second), rows.weight);
      }
    }
  }
}

/// Whether values of shape `from` can be taken for those of shape `to`: as they are, or stretched.
bool fits(const Shape& from, const Shape& to) {
  return from == to || (from.size() == 3 && to.size() == 3 && from[2] == to[2]);
}

/// Copies values that fit; false where they do not.
bool take_values(const Array<float>& from, Array<float>& to) {
  if (!fits(from.shape(), to.shape())) return false;
  if (from.shape() == to.shape()) {
    to = from;
  } else {
    stretch_filter(from, to);
  }
  return true;
}

[[noreturn]] void refuse_start() {
  throw Error(ErrorCode::kModelMismatch,
              "--init: no parameter of that run fits this network; train the same architecture "
              "or leave --init out");
}

LossContext loss_context(const NetworkSpec& network, std::uint64_t seed, std::size_t classes,
                         std::size_t teacher_dimensions) {
  LossContext context;
  context.dimensions = output_length(network);
  context.classes = classes;
  context.teacher_dimensions = teacher_dimensions;
  context.seed = seed;
  return context;
}

}  // namespace

void check_start_from(const Checkpoint& checkpoint, const NetworkSpec& network) {
  for (const ParameterSpec& parameter : parameter_specs(network)) {
    const auto found = checkpoint.arrays.find(kAverage + parameter.name);
    if (found != checkpoint.arrays.end() && fits(found->second.shape(), parameter.shape)) return;
  }
  refuse_start();
}

Learner::Learner(const NetworkSpec& network, const std::string& loss,
                 const OptimizationPlan& optimization, std::uint64_t seed, std::size_t classes,
                 std::size_t teacher_dimensions, ThreadPool& threads)
    : network_(network, seed, threads),
      loss_(make_loss<float>(loss, loss_context(network, seed, classes, teacher_dimensions),
                             threads)),
      optimizer_(make_optimizer(optimization.optimizer, all_parameters(), threads)),
      average_(optimization.average, shipped_parameters(), threads) {}

std::vector<TrainableParameter<float>*> Learner::shipped_parameters() {
  std::vector<TrainableParameter<float>*> all = network_.parameters();
  const std::vector<TrainableParameter<float>*> of_head =
      head_parameters(*loss_, output_length(network_.spec()));
  all.insert(all.end(), of_head.begin(), of_head.end());
  return all;
}

std::vector<TrainableParameter<float>*> Learner::all_parameters() {
  std::vector<TrainableParameter<float>*> all = network_.parameters();
  const std::vector<TrainableParameter<float>*> of_loss = loss_->parameters();
  all.insert(all.end(), of_loss.begin(), of_loss.end());
  return all;
}

Parameters Learner::averaged_parameters() {
  average_.swap();
  Parameters parameters = network_.get_parameters();
  for (const TrainableParameter<float>* p :
       head_parameters(*loss_, output_length(network_.spec()))) {
    Tensor tensor(p->value.shape());
    std::copy_n(p->value.data(), p->value.size(), tensor.data());
    parameters.emplace(p->name, std::move(tensor));
  }
  average_.swap();
  return parameters;
}

void Learner::save_to(Checkpoint& checkpoint) {
  save_values(kNetwork, network_.parameters(), checkpoint.arrays);
  save_values(kLoss, loss_->parameters(), checkpoint.arrays);
  add_with_prefix(kOptimizer, optimizer_->state(), checkpoint.arrays);
  add_with_prefix(kAverage, average_.state(), checkpoint.arrays);
  std::ostringstream random;
  random << network_.random();
  checkpoint.random = random.str();
}

void Learner::restore_from(const Checkpoint& checkpoint) {
  restore_values(kNetwork, network_.parameters(), checkpoint.arrays);
  restore_values(kLoss, loss_->parameters(), checkpoint.arrays);
  optimizer_->set_state(with_prefix(kOptimizer, checkpoint.arrays));
  average_.set_state(with_prefix(kAverage, checkpoint.arrays));
  std::istringstream random(checkpoint.random);
  random >> network_.random();
  if (!random) throw Error(ErrorCode::kModelCorrupt, "checkpoint: the random state is damaged");
}

std::vector<std::string> Learner::start_from(const TrainingState& source) {
  std::vector<std::string> left;
  const std::vector<TrainableParameter<float>*> parameters = network_.parameters();
  for (TrainableParameter<float>* p : parameters) {
    const auto found = source.find(p->name);
    if (found == source.end() || !take_values(found->second, p->value)) left.push_back(p->name);
  }
  if (left.size() == parameters.size()) refuse_start();
  return left;
}

std::vector<std::string> Learner::start_from(const Checkpoint& checkpoint, bool takes_loss) {
  std::vector<std::string> left = start_from(with_prefix(kAverage, checkpoint.arrays));
  if (!takes_loss) return left;
  const TrainingState of_loss = with_prefix(kLoss, checkpoint.arrays);
  for (TrainableParameter<float>* p : loss_->parameters()) {
    const auto found = of_loss.find(p->name);
    if (found != of_loss.end() && found->second.shape() == p->value.shape()) {
      p->value = found->second;
    }
  }
  return left;
}

}  // namespace visavis
