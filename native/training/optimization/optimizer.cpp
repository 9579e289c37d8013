#include "native/training/optimization/optimizer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/error.h"
#include "native/training/optimization/parameter_blocks.h"

namespace visavis {
namespace {

using Parameters = std::vector<TrainableParameter<float>*>;

Parameters trained(const Parameters& all) {
  Parameters result;
  std::copy_if(all.begin(), all.end(), std::back_inserter(result),
               [](const TrainableParameter<float>* parameter) { return parameter->is_trained; });
  return result;
}

/// One running mean per parameter, zero at first.
std::vector<Array<float>> zeros_like(const Parameters& parameters) {
  std::vector<Array<float>> arrays;
  arrays.reserve(parameters.size());
  for (const TrainableParameter<float>* parameter : parameters) {
    arrays.emplace_back(parameter->value.shape()).fill(0.0F);
  }
  return arrays;
}

void append_named(std::vector<NamedArray>& names, const std::string& prefix,
                  const Parameters& parameters, std::vector<Array<float>>& arrays) {
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    names.push_back({prefix + parameters[p]->name, &arrays[p]});
  }
}

void check_range(const char* name, double value, double low, double below) {
  if (value >= low && value < below) return;
  const std::string range =
      std::isinf(below) ? std::to_string(low) + " or more"
                        : "from " + std::to_string(low) + " to below " + std::to_string(below);
  throw Error(ErrorCode::kInvalidArgument, std::string("the optimiser's ") + name + " is " +
                                               std::to_string(value) + "; it must be " + range);
}

void check_learning_rate(double learning_rate) {
  if (learning_rate > 0 && std::isfinite(learning_rate)) return;
  throw Error(ErrorCode::kInvalidArgument,
              "the learning rate is " + std::to_string(learning_rate) + "; it must be above 0");
}

/// What both kinds share: which parameters, cut how, over which threads.
class BlockwiseOptimizer : public Optimizer {
 public:
  BlockwiseOptimizer(const OptimizerOptions& options, const Parameters& parameters,
                     ThreadPool& threads)
      : options_(options),
        parameters_(trained(parameters)),
        blocks_(blocks_of(parameters_)),
        threads_(threads) {}

  [[nodiscard]] TrainingState state() const override { return copy_state(names_); }
  void set_state(const TrainingState& state) override {
    restore_state(state, names_, "the optimiser");
  }

 protected:
  [[nodiscard]] double decay_of(const TrainableParameter<float>& parameter) const {
    return parameter.has_weight_decay ? options_.weight_decay : 0.0;
  }

  OptimizerOptions options_;
  Parameters parameters_;
  ParameterBlocks blocks_;
  ThreadPool& threads_;
  std::vector<NamedArray> names_;  // Of the state; they point into the derived class.
};

/// g += wd w, v = mu v + g, w -= lr (g + mu v); v starts at 0, so the first v is g.
class Sgd : public BlockwiseOptimizer {
 public:
  Sgd(const OptimizerOptions& options, const Parameters& parameters, ThreadPool& threads)
      : BlockwiseOptimizer(options, parameters, threads), velocity_(zeros_like(parameters_)) {
    check_range("momentum", options.momentum, 0, 1);
    append_named(names_, "velocity/", parameters_, velocity_);
  }

  void step(double learning_rate, std::uint64_t) override {
    check_learning_rate(learning_rate);
    const auto rate = static_cast<float>(learning_rate);
    const auto momentum = static_cast<float>(options_.momentum);
    blocks_.for_each(threads_, [&](const ParameterBlock& block) {
      TrainableParameter<float>& parameter = *parameters_[block.parameter];
      const auto decay = static_cast<float>(decay_of(parameter));
      const auto gradient = values_of(std::as_const(parameter.gradient), block);
      auto weight = values_of(parameter.value, block);
      auto velocity = values_of(velocity_[block.parameter], block);
      const auto decayed = gradient + decay * weight;  // An expression: evaluated where used.
      velocity = momentum * velocity + decayed;
      weight -= rate * (decayed + momentum * velocity);
    });
  }

 private:
  std::vector<Array<float>> velocity_;
};

/// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w -= lr wd w + lr m' / (sqrt(v') + epsilon),
/// where m' = m / (1 - b1^t) and v' = v / (1 - b2^t) undo the start at 0.
class AdamW : public BlockwiseOptimizer {
 public:
  AdamW(const OptimizerOptions& options, const Parameters& parameters, ThreadPool& threads)
      : BlockwiseOptimizer(options, parameters, threads),
        first_(zeros_like(parameters_)),
        second_(zeros_like(parameters_)) {
    check_range("beta1", options.beta1, 0, 1);
    check_range("beta2", options.beta2, 0, 1);
    // The smallest normal float: 0 would divide 0 by 0 wherever a gradient has always been 0.
    check_range("epsilon", options.epsilon, std::numeric_limits<float>::min(),
                std::numeric_limits<double>::infinity());
    append_named(names_, "first_moment/", parameters_, first_);
    append_named(names_, "second_moment/", parameters_, second_);
  }

  void step(double learning_rate, std::uint64_t step) override {
    check_learning_rate(learning_rate);
    // The means as m += (1 - b1) (g - m): one rounding of the small factor rather than two that do
    // not add up to 1. Corrections in double, since 1 - b2^t cancels at first.
    const auto t = static_cast<double>(step) + 1;
    const auto keep_first = static_cast<float>(1 - options_.beta1);
    const auto keep_second = static_cast<float>(1 - options_.beta2);
    const auto scale = static_cast<float>(learning_rate / (1 - std::pow(options_.beta1, t)));
    const auto root = static_cast<float>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
    const auto epsilon = static_cast<float>(options_.epsilon);
    blocks_.for_each(threads_, [&](const ParameterBlock& block) {
      TrainableParameter<float>& parameter = *parameters_[block.parameter];
      const auto decay = static_cast<float>(learning_rate * decay_of(parameter));
      const auto gradient = values_of(std::as_const(parameter.gradient), block);
      auto weight = values_of(parameter.value, block);
      auto first = values_of(first_[block.parameter], block);
      auto second = values_of(second_[block.parameter], block);
      first += keep_first * (gradient - first);
      second += keep_second * (gradient * gradient - second);
      weight -= decay * weight + scale * first / (root * second.sqrt() + epsilon);
    });
  }

 private:
  std::vector<Array<float>> first_;
  std::vector<Array<float>> second_;
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          const Parameters& parameters, ThreadPool& threads) {
  check_parameters(parameters);
  check_range("weight decay", options.weight_decay, 0, std::numeric_limits<double>::infinity());
  switch (options.kind) {
    case OptimizerKind::kSgd:
      return std::make_unique<Sgd>(options, parameters, threads);
    case OptimizerKind::kAdamW:
      return std::make_unique<AdamW>(options, parameters, threads);
  }
  throw Error(ErrorCode::kInternal, "an optimiser of unknown kind");
}

double gradient_norm(const Parameters& parameters, ThreadPool& threads) {
  const Parameters with_gradient = trained(parameters);
  const ParameterBlocks blocks = blocks_of(with_gradient);
  std::vector<double> sums(blocks.size());
  blocks.for_each(threads, [&](const ParameterBlock& block) {
    const Array<float>& gradient = with_gradient[block.parameter]->gradient;
    sums[block.index] = values_of(gradient, block).cast<double>().square().sum();
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return std::sqrt(total);
}

double clip_gradients(const Parameters& parameters, double limit, ThreadPool& threads) {
  if (!(limit > 0)) {
    throw Error(ErrorCode::kInvalidArgument,
                "the gradient clipping limit is " + std::to_string(limit) + "; it must be above 0");
  }
  const double norm = gradient_norm(parameters, threads);
  if (!std::isfinite(norm) || norm <= limit) return norm;
  const auto scale = static_cast<float>(limit / norm);
  const Parameters with_gradient = trained(parameters);
  blocks_of(with_gradient).for_each(threads, [&](const ParameterBlock& block) {
    values_of(with_gradient[block.parameter]->gradient, block) *= scale;
  });
  return norm;
}

}  // namespace visavis
