// embed_in_turn ROUNDS MODEL..: the time of one embedding, one thread, of several models. They take
// turns, so that a machine that slows down slows all of them; crops are as large as each network's
// input, so that finding and aligning faces is no part of it. Natively, and in WebAssembly under
// node: node build/wasm/embed_in_turn.js 60 MODEL..
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
  explicit Contestant(const std::string& file) : name(file), embedder(read(file)) {
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
    embedder.embed(crop);
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
  std::vector<double> milliseconds;
};

void compare(int rounds, const std::vector<std::string>& files) {
  std::vector<Contestant> contestants(files.begin(), files.end());
  for (int round = -kRoundsToWarmUp; round < rounds; ++round) {
    for (Contestant& contestant : contestants) contestant.embed(round >= 0);
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
  const int rounds = argc > 2 ? std::atoi(argv[1]) : 0;
  if (rounds < 1) {
    std::fprintf(stderr, "usage: embed_in_turn ROUNDS MODEL..\n");
    return 2;
  }
  try {
    compare(rounds, {argv + 2, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "embed_in_turn: %s\n", error.what());
    return 2;
  }
  return 0;
}
