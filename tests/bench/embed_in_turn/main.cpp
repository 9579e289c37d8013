// embed_in_turn [--threads N] [--json] ROUNDS MODEL..: the time of one embedding of several models, by
// one thread or N. They take turns, so that a machine that slows down slows all of them; crops are as
// large as each network's input, so that finding and aligning faces is no part of it. Natively, and in
// WebAssembly under node: node build/wasm/embed_in_turn.js 60 MODEL.. With --json one object a model:
// its milliseconds, one by one, and the embedding of its crop, for embed_against_others.py.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/model/embedder.h"
#include "core/model/model_file.h"

namespace {

constexpr int kRoundsToWarmUp = 3;

/// One model, its crop and how long its embeddings took.
struct Contestant {
  Contestant(const std::string& file, int threads) : name(file), embedder(read(file), threads) {
    crop = visavis::FineImage(embedder.input_width(), embedder.input_height());
    // Any picture will do that is not flat: the time does not depend on it.
    for (std::size_t i = 0; i < crop.pixels.size(); ++i) {
      crop.pixels[i] = static_cast<float>(i * 37 % 251);
    }
  }

  static visavis::Model read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error(file + ": no such file");
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
    return visavis::load_model(bytes, file);
  }

  void embed(bool counts) {
    const auto start = std::chrono::steady_clock::now();
    embedding = embedder.embed(crop);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (counts) milliseconds.push_back(time.count());
  }

  double median() {
    const auto middle = milliseconds.begin() + static_cast<std::ptrdiff_t>(milliseconds.size() / 2);
    std::nth_element(milliseconds.begin(), middle, milliseconds.end());
    return *middle;
  }

  std::string name;
  visavis::Embedder embedder;
  visavis::FineImage crop;
  visavis::Embedding embedding;
  std::vector<double> milliseconds;
};

struct Options {
  int threads = 1;
  bool is_json = false;
  int rounds = 0;
  std::vector<std::string> models;
};

/// Without models where the arguments make no sense.
Options options_of(const std::vector<std::string>& words) {
  Options options;
  auto word = words.begin();
  for (; word != words.end() && word->rfind("--", 0) == 0; ++word) {
    if (*word == "--json") {
      options.is_json = true;
    } else if (*word == "--threads" && word + 1 != words.end()) {
      options.threads = std::atoi((++word)->c_str());
    } else {
      return {};
    }
  }
  if (word == words.end() || options.threads < 1) return {};
  options.rounds = std::atoi(word->c_str());
  if (options.rounds > 0) options.models.assign(word + 1, words.end());
  return options;
}

template <typename Numbers>
void print_list(const char* name, const Numbers& numbers) {
  std::printf("\"%s\": [", name);
  const char* separator = "";
  for (const auto number : numbers) {
    std::printf("%s%.9g", separator, static_cast<double>(number));
    separator = ", ";
  }
  std::printf("]");
}

void print_json(const Contestant& contestant) {
  std::printf("{");
  print_list("milliseconds", contestant.milliseconds);
  std::printf(", ");
  print_list("embedding", contestant.embedding);
  std::printf("}\n");
}

void compare(const Options& options) {
  std::vector<Contestant> contestants;
  for (const std::string& file : options.models) contestants.emplace_back(file, options.threads);
  for (int round = -kRoundsToWarmUp; round < options.rounds; ++round) {
    for (Contestant& contestant : contestants) contestant.embed(round >= 0);
  }
  if (options.is_json) {
    for (const Contestant& contestant : contestants) print_json(contestant);
    return;
  }
  const double first = contestants.front().median();
  for (Contestant& contestant : contestants) {
    const double median = contestant.median();
    std::printf("%8.2f ms, %.2f of the first: %s\n", median, median / first,
                contestant.name.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of({argv + 1, argv + argc});
  if (options.models.empty()) {
    std::fprintf(stderr, "usage: embed_in_turn [--threads N] [--json] ROUNDS MODEL..\n");
    return 2;
  }
  try {
    compare(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "embed_in_turn: %s\n", error.what());
    return 2;
  }
  return 0;
}
