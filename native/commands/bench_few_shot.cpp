#include "native/commands/bench_few_shot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "core/fewshot/few_shot.h"
#include "native/system/counted.h"
#include "native/system/json_file.h"

namespace visavis {
namespace {

std::vector<float> random_rows(std::size_t rows, std::size_t length, std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  std::vector<float> values(rows * length);
  for (std::size_t at = 0; at < values.size(); at += length) {
    float square = 0;
    for (std::size_t i = at; i < at + length; ++i) {
      values[i] = normal(random);
      square += values[i] * values[i];
    }
    for (std::size_t i = at; i < at + length; ++i) values[i] /= std::sqrt(square);
  }
  return values;
}

/// Work that is undone after every run; the undoing is not timed.
Timing time_step(int repeat, const std::function<void()>& work, const std::function<void()>& undo) {
  std::vector<double> seconds;
  for (int i = 0; i < std::max(1, repeat); ++i) {
    seconds.push_back(time_once(work));
    undo();
  }
  return timing_of(std::move(seconds));
}

}  // namespace

std::vector<FewShotTiming> bench_few_shot(const FewShotBenchOptions& options, int repeat) {
  std::mt19937_64 random(1);
  SupportSet set(options.length);
  for (std::size_t c = 0; c < options.classes; ++c) {
    set.add_class("class " + std::to_string(c), random_rows(options.shots, options.length, random));
  }
  const std::vector<float> rows = random_rows(options.shots, options.length, random);
  const std::vector<float> query = random_rows(1, options.length, random);
  const std::string first = set.classes().front().name;
  std::vector<FewShotTiming> timings;
  const auto add_class = [&] { set.add_class("new", rows); };
  const auto remove_class = [&] { set.remove_class("new"); };
  timings.push_back({fmt::format("add a class of {}", options.shots),
                     time_step(repeat, add_class, remove_class)});
  const auto add_example = [&] { set.add_example(first, query); };
  const auto remove_example = [&] { set.remove_example(first, options.shots); };
  timings.push_back(
      {"add an example to the first class", time_step(repeat, add_example, remove_example)});
  // It comes back as the last; the next run removes the one that has become the first.
  std::string removed;
  const auto remove_first = [&] {
    removed = set.classes().front().name;
    set.remove_class(removed);
  };
  const auto add_again = [&] { set.add_class(removed, rows); };
  timings.push_back({"remove the first class", time_step(repeat, remove_first, add_again)});
  for (const auto method :
       {FewShotMethod::kPrototypes, FewShotMethod::kMatching, FewShotMethod::kNearest}) {
    for (const auto similarity : {Similarity::kEuclidean, Similarity::kCosine}) {
      FewShotOptions classify;
      classify.method = method;
      classify.similarity = similarity;
      classify.scale = 10;
      classify.rejection_distance = 1;
      const char* name = similarity == Similarity::kCosine ? "cosine" : "euclidean";
      timings.push_back({fmt::format("query, {}:{}", to_string(method), name),
                         time_runs(repeat, [&] { (void)set.classify(query, classify); })});
    }
  }
  return timings;
}

void print_few_shot_bench(const std::vector<FewShotTiming>& timings,
                          const FewShotBenchOptions& options, bool json) {
  if (json) {
    nlohmann::ordered_json object{
        {"classes", options.classes}, {"shots", options.shots}, {"length", options.length}};
    for (const FewShotTiming& step : timings) {
      object["steps"][step.what] = {{"median_ms", step.timing.median * 1e3},
                                    {"min_ms", step.timing.least * 1e3},
                                    {"max_ms", step.timing.most * 1e3}};
    }
    std::cout << json_text(object) << '\n';
    return;
  }
  std::cout << fmt::format("{} x {}, embeddings of length {}, one thread\n",
                           counted(options.classes, "class", "classes"),
                           counted(options.shots, "shot", "shots"), options.length);
  for (const FewShotTiming& step : timings) {
    std::cout << fmt::format("{:<36}{:9.1f} us ({:.1f} .. {:.1f})\n", step.what,
                             step.timing.median * 1e6, step.timing.least * 1e6,
                             step.timing.most * 1e6);
  }
}

}  // namespace visavis
