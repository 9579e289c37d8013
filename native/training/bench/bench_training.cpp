#include "native/training/bench/bench_training.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "core/base/error.h"
#include "core/network/architectures.h"
#include "native/training/layers/gemm.h"
#include "native/training/losses/make_loss.h"
#include "native/training/optimization/optimizer.h"

namespace visavis {
namespace {

constexpr int kWarmUpSteps = 2;
constexpr int kPhotosPerPerson = 4;
constexpr double kLearningRate = 1e-3;

using Clock = std::chrono::steady_clock;

/// Seconds since the last call.
class StopWatch {
 public:
  double lap() {
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  Clock::time_point last_ = Clock::now();
};

TrainingBenchOptions with_defaults(TrainingBenchOptions options, int threads) {
  const bool is_siamese = options.architecture == "siamese";
  if (options.side == 0) options.side = is_siamese ? 105 : 112;
  if (options.channels == 0) options.channels = is_siamese ? 1 : 3;
  options.threads = threads;
  return options;
}

NetworkSpec make_spec(const TrainingBenchOptions& options) {
  ArchitectureOptions architecture;
  architecture.height = architecture.width = options.side;
  architecture.channels = options.channels;
  architecture.width_factor = options.width_factor;
  return make_architecture(options.architecture, architecture);
}

/// Uniform in [-1, 1).
Array<float> random_images(const TrainingBenchOptions& options) {
  const auto side = static_cast<std::size_t>(options.side);
  Array<float> images({static_cast<std::size_t>(options.batch), side, side,
                       static_cast<std::size_t>(options.channels)});
  std::mt19937 random(1);
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i] = static_cast<float>(random() >> 8U) * 0x1p-23F - 1;
  }
  return images;
}

std::unique_ptr<Loss<float>> make_bench_loss(const TrainingBenchOptions& options,
                                             const NetworkSpec& spec, ThreadPool& threads) {
  const LossNeeds needs = loss_needs(options.loss);
  if (needs.episodes || needs.teacher) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "loss '" + options.loss +
            "' needs episodes or a teacher; bench a loss over people and photos, as triplet");
  }
  LossContext context;
  context.dimensions = infer_shapes(spec).back()[0];
  context.classes = static_cast<std::size_t>(options.batch / kPhotosPerPerson + 1);
  return make_loss<float>(options.loss, context, threads);
}

/// Tiles of a product that fits the caches, on all threads; the best of some rounds.
double measure_product(ThreadPool& threads) {
  constexpr std::size_t kSide = kBlockColumns;
  constexpr std::size_t kProducts = 200;  // Per thread and round: some milliseconds.
  constexpr int kRounds = 10;
  Array<float> right({kSide, kSide});
  right.fill(0.5F);
  PackedMatrix<float> packed;
  packed.pack(right.data(), kSide, kSide, kSide, 1);
  const auto workers = static_cast<std::size_t>(threads.threads());
  double best = 0;
  for (int round = 0; round < kRounds; ++round) {
    StopWatch watch;
    threads.parallel_for(workers, [&](int, std::size_t, std::size_t) {
      Tile<float> tile;
      tile.reserve(kSide);
      Array<float> product({kTileRows, kSide});
      for (std::size_t i = 0; i < kProducts; ++i) {
        multiply_block(tile, 0, kTileRows, packed, 0, product.data(), kSide, false);
      }
    });
    const double operations =
        2.0 * static_cast<double>(workers * kProducts * kTileRows * kSide * kSide);
    best = std::max(best, operations / watch.lap());
  }
  return best;
}

std::size_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;  // Linux counts in KiB.
}

}  // namespace

TrainingPhases TrainingBenchResult::median_step() const {
  std::vector<TrainingPhases> sorted = steps;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.total() < b.total(); });
  return sorted[sorted.size() / 2];
}

TrainingPhases TrainingBenchResult::fastest_step() const {
  return *std::min_element(steps.begin(), steps.end(),
                           [](const auto& a, const auto& b) { return a.total() < b.total(); });
}

double TrainingBenchResult::step_flops() const {
  return 3.0 * 2.0 * static_cast<double>(multiply_adds) * options.batch;
}

TrainingBenchResult bench_training(const TrainingBenchOptions& asked) {
  ThreadPool threads(asked.threads);
  TrainingBenchResult result;
  result.options = with_defaults(asked, threads.threads());
  const TrainingBenchOptions& options = result.options;
  const NetworkSpec spec = make_spec(options);
  result.multiply_adds = multiply_adds(spec);
  TrainableNetwork<float> network(spec, 1, threads);
  const std::unique_ptr<Loss<float>> loss = make_bench_loss(options, spec, threads);
  std::vector<TrainableParameter<float>*> parameters = network.parameters();
  for (TrainableParameter<float>* p : loss->parameters()) parameters.push_back(p);
  const std::unique_ptr<Optimizer> optimizer = make_optimizer({}, parameters, threads);
  const Array<float> images = random_images(options);
  BatchLabels labels;
  for (int i = 0; i < options.batch; ++i) labels.labels.push_back(i / kPhotosPerPerson);
  Array<float> gradient;
  for (int step = 0; step < kWarmUpSteps + options.steps; ++step) {
    if (step == kWarmUpSteps) network.reset_times();
    TrainingPhases phases;
    StopWatch watch;
    for (TrainableParameter<float>* p : parameters) p->gradient.fill(0);
    const Array<float>& embeddings = network.forward(images, true);
    phases.forward = watch.lap();
    labels.step = static_cast<std::uint64_t>(step);
    loss->evaluate(embeddings, labels, gradient);
    phases.loss = watch.lap();
    network.backward(gradient);
    phases.backward = watch.lap();
    optimizer->step(kLearningRate, labels.step);
    phases.update = watch.lap();
    if (step >= kWarmUpSteps) result.steps.push_back(phases);
  }
  result.layers = network.times();
  for (LayerTime& layer : result.layers) {
    layer.forward /= options.steps;
    layer.backward /= options.steps;
  }
  result.peak_memory = peak_memory();
  result.product_flops = measure_product(threads);
  return result;
}

}  // namespace visavis
