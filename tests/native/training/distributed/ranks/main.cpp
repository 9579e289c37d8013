// One rank of a test, started under mpirun by communicator_test.cpp. Exit code 0: all that the
// scenario expects is so; otherwise a line on stderr says what is not.
#include <bit>
#include <cstdio>
#include <iostream>
#include <random>
#include <string>

#include "core/base/error.h"
#include "native/training/distributed/make_communicator.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/training_step.h"

namespace visavis {
namespace {

void expect(bool is_so, const std::string& what) {
  if (!is_so) throw Error(ErrorCode::kInternal, "expected " + what);
}

/// Whole numbers of up to 24 bits, scaled: the same on every platform.
float next_float(std::mt19937_64& random) {
  return static_cast<float>(random() >> 40) / static_cast<float>(1 << 23) - 1.0F;
}

std::vector<float> numbers_of(std::size_t rank, std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed * 1000 + rank);
  std::vector<float> values(count);
  for (float& value : values) value = next_float(random);
  return values;
}

/// In rank order, as the communicator promises: to be compared bit by bit.
std::vector<float> expected_sum(std::size_t ranks, std::uint64_t seed, std::size_t count) {
  std::vector<float> sum = numbers_of(0, seed, count);
  for (std::size_t rank = 1; rank < ranks; ++rank) {
    const std::vector<float> of_rank = numbers_of(rank, seed, count);
    for (std::size_t i = 0; i < count; ++i) sum[i] += of_rank[i];
  }
  return sum;
}

constexpr std::size_t kCounts[] = {1, 2, 3, 7, 64, 1000, 4095, 4096, 4097, 262143, 262145, 1000003};

void check_sums(Communicator& c) {
  for (const std::size_t count : kCounts) {
    std::vector<float> values = numbers_of(c.rank(), count, count);
    c.sum(values.data(), count);
    expect(values == expected_sum(c.ranks(), count, count),
           "the sum of " + std::to_string(count) + " values in rank order");
  }
}

/// All counts in flight at once, with other calls between, as in a backward pass; three times,
/// since buffers are used again.
void check_started_sums(Communicator& c) {
  for (std::uint64_t round = 1; round <= 3; ++round) {
    std::vector<std::vector<float>> all;
    for (const std::size_t count : kCounts)
      all.push_back(numbers_of(c.rank(), round + count, count));
    for (std::vector<float>& values : all) {
      c.start_sum(values.data(), values.size());
      float one = 1;
      c.sum(&one, 1);
      expect(one == static_cast<float>(c.ranks()), "a sum between started sums to be right");
    }
    c.wait_for_sums();
    for (std::size_t i = 0; i < all.size(); ++i) {
      expect(all[i] == expected_sum(c.ranks(), round + kCounts[i], kCounts[i]),
             "started sum of " + std::to_string(kCounts[i]) + " values, round " +
                 std::to_string(round));
    }
    c.wait_for_sums();  // Nothing is started: nothing to do.
  }
}

void check_exchanges(Communicator& c) {
  const std::vector<float> mine = numbers_of(c.rank(), 5, 1000);
  std::vector<float> all(1000 * c.ranks());
  c.gather(mine.data(), mine.size(), all.data());
  for (std::size_t rank = 0; rank < c.ranks(); ++rank) {
    const std::vector<float> expected = numbers_of(rank, 5, 1000);
    expect(
        std::equal(expected.begin(), expected.end(), all.begin() + static_cast<long>(rank) * 1000),
        "rank " + std::to_string(rank) + "'s values gathered in its place");
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{3000000}}) {
    const std::vector<std::uint8_t> sent(size, 42);
    std::vector<std::uint8_t> bytes = c.rank() == 0 ? sent : std::vector<std::uint8_t>(7, 1);
    c.broadcast(bytes);
    expect(bytes == sent, "rank 0's " + std::to_string(size) + " bytes on every rank");
  }
  expect(!c.any(false), "any of nobody to be false");
  expect(c.any(c.rank() + 1 == c.ranks()), "any of the last rank to be true");
  expect(c.any(true), "any of all to be true");
  c.barrier();
}

/// What a full disk on rank 1 would be: the others wait for it.
void fail_on_rank_1(Communicator& c) {
  float values[2] = {1, 2};
  c.start_sum(values, 2);
  if (c.rank() == 1) throw Error(ErrorCode::kIo, "rank 1 has a full disk");
  c.wait_for_sums();
  c.barrier();
}

NetworkSpec small_network() {
  const auto window = [](int kernel, int stride, int padding) {
    return Window{kernel, kernel, stride, stride, 1, 1, {padding, padding, padding, padding}};
  };
  NetworkSpec spec;
  spec.input = {12, 12, 3};
  ValueId v = add_layer(spec, "stem", Convolution{window(3, 1, 1), 16, 1, false}, {0});
  v = add_layer(spec, "stem_norm", BatchNormalization{}, {v});
  v = add_layer(spec, "stem_prelu", Prelu{}, {v});
  v = add_layer(spec, "depthwise", DepthwiseConvolution{window(3, 2, 1), false}, {v});
  v = add_layer(spec, "depthwise_norm", BatchNormalization{}, {v});
  v = add_layer(spec, "relu", Relu{}, {v});
  v = add_layer(spec, "features", FullyConnected{8, true}, {v});
  v = add_layer(spec, "features_norm", BatchNormalization{}, {v});
  v = add_layer(spec, "embedding", L2Normalize{}, {v});
  spec.outputs = {v};
  return spec;
}

constexpr std::size_t kRows = 24;  // Of the global batch: 6 people x 4 photos; 1, 2, 3 divide it.

/// This rank's rows of global batch `step`.
BatchLabels make_batch(const Communicator& c, std::uint64_t step, Array<float>& images) {
  const std::size_t rows = kRows / c.ranks();
  const std::size_t pixels = 12 * 12 * 3;
  images.resize({rows, 12, 12, 3});
  BatchLabels labels;
  labels.step = step;
  labels.teacher.resize({rows, 4});
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = c.rank() * rows + i;
    std::mt19937_64 of_person(row / 4);
    std::mt19937_64 of_photo(1000 * (step + 1) + row);
    for (std::size_t p = 0; p < pixels; ++p) {
      images[i * pixels + p] = next_float(of_person) + next_float(of_photo);
    }
    for (std::size_t d = 0; d < 4; ++d) labels.teacher[i * 4 + d] = next_float(of_person);
    labels.labels.push_back(static_cast<int>(row / 4));
    labels.is_query.push_back(row % 4 > 1);
  }
  return labels;
}

void expect_same_bits_on_all_ranks(Communicator& c, const TrainableParameter<float>& parameter) {
  const std::size_t count = parameter.value.size();
  std::vector<float> all(count * c.ranks());
  c.gather(parameter.value.data(), count, all.data());
  for (std::size_t i = 0; i < all.size(); ++i) {
    expect(std::bit_cast<std::uint32_t>(all[i]) == std::bit_cast<std::uint32_t>(all[i % count]),
           parameter.name + " to have the same bits on all ranks");
  }
}

/// Five steps; rank 0 prints losses, gradient norms and parameters, a line each: name and values.
void train(Communicator& c, const std::string& loss_spec) {
  ThreadPool threads(1);
  TrainableNetwork<float> network(small_network(), 7, threads);
  LossContext context;
  context.dimensions = 8;
  context.classes = kRows / 4;
  context.teacher_dimensions = 4;
  const auto loss = make_loss<float>(loss_spec, context, threads);
  std::vector<TrainableParameter<float>*> parameters = network.parameters();
  for (TrainableParameter<float>* p : loss->parameters()) parameters.push_back(p);
  const auto optimizer = make_optimizer({}, parameters, threads);
  TrainingStep step(network, *loss, *optimizer, c, threads, 5.0);
  Array<float> images;
  for (std::uint64_t i = 0; i < 5; ++i) {
    const BatchLabels labels = make_batch(c, i, images);
    const StepResult result = step.run(images, labels, 0.05);
    expect(result.has_updated, "every step to update");
    if (c.rank() == 0) std::printf("step%d %.9g %.9g\n", int(i), result.loss, result.gradient_norm);
  }
  for (const TrainableParameter<float>* p : parameters) {
    expect_same_bits_on_all_ranks(c, *p);
    if (c.rank() != 0) continue;
    std::printf("%s", p->name.c_str());
    for (std::size_t i = 0; i < p->value.size(); ++i) std::printf(" %.9g", double(p->value[i]));
    std::printf("\n");
  }
}

/// Rank 0 has a row more.
void train_unequal(Communicator& c) {
  ThreadPool threads(1);
  TrainableNetwork<float> network(small_network(), 7, threads);
  LossContext context;
  context.dimensions = 8;
  const auto loss = make_loss<float>("triplet", context, threads);
  const auto optimizer = make_optimizer({}, network.parameters(), threads);
  TrainingStep step(network, *loss, *optimizer, c, threads, 0);
  const std::size_t rows = c.rank() == 0 ? 5 : 4;
  Array<float> images({rows, 12, 12, 3});
  images.fill(0);
  BatchLabels labels;
  labels.labels.assign(rows, 0);
  try {
    step.run(images, labels, 0.1);
  } catch (const Error& error) {
    const std::string expected = "rows differ between ranks: 5 on rank 0, 4 on rank 1";
    expect(std::string(error.what()).find(expected) != std::string::npos, expected);
    return;
  }
  expect(false, "unequal rows to be refused");
}

void run(const std::string& scenario, const std::string& ranks, const std::string& option) {
  const std::unique_ptr<Communicator> c = make_communicator();
  expect(std::to_string(c->ranks()) == ranks, ranks + " ranks, not " + std::to_string(c->ranks()));
  if (scenario == "collectives") {
    check_sums(*c);
    check_started_sums(*c);
    check_exchanges(*c);
  } else if (scenario == "failure") {
    fail_on_rank_1(*c);
  } else if (scenario == "train") {
    train(*c, option);
  } else if (scenario == "unequal") {
    train_unequal(*c);
  } else {
    throw Error(ErrorCode::kInvalidArgument, "unknown scenario '" + scenario + "'");
  }
}

}  // namespace
}  // namespace visavis

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: visavis_ranks SCENARIO RANKS [LOSS]\n";
    return 2;
  }
  try {
    visavis::run(argv[1], argv[2], argc > 3 ? argv[3] : "");
  } catch (const std::exception& error) {
    std::cerr << "visavis_ranks: " << error.what() << std::endl;
    return 2;
  }
  return 0;
}
