#include "native/training/run/memory_need.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "native/training/data/loader_options.h"
#include "native/training/losses/make_loss.h"
#include "native/training/network/network_graph.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

/// The program itself, its threads' work spaces and what the system's allocator holds back.
constexpr double kFixedBytes = 120e6;
/// Of every parameter: value, gradient, momentum, average and the best so far, in training and
/// again while a checkpoint is written.
constexpr double kCopiesOfParameters = 8;
/// Matrices of all pairs of a batch that the losses of pairs and trios hold at once, with what
/// mining them takes, in floats.
constexpr double kPairMatrices = 3;

double elements(const Shape& shape) { return static_cast<double>(element_count(shape)); }

/// Floats of one row that a pass forward and back keeps: every value that is written, as
/// NetworkPass does, and the gradients that live at once, those of a layer's inputs beside its
/// output's.
double floats_per_row(const NetworkSpec& spec) {
  const std::vector<Shape> shapes = infer_shapes(spec);
  const auto size = [&](ValueId id) { return elements(shapes[static_cast<std::size_t>(id)]); };
  const NetworkGraph<float> graph(spec);
  double values = 0;
  double gradients = 0;
  for (const GraphNode<float>& node : graph.nodes) {
    const bool is_written = node.normalization == nullptr ||
                            !graph.values[static_cast<std::size_t>(node.output)].all_read_maps;
    if (is_written) values += size(node.output);
    double live = size(node.output);
    for (const ValueId input : node.inputs) live += size(input);
    gradients = std::max(gradients, live);
  }
  return values + gradients;
}

/// The number that follows `key` in a file of "key value" lines; nothing where there is none.
std::optional<double> number_after(const fs::path& file, const std::string& key) {
  std::ifstream in(file);
  std::string word;
  double value = 0;
  while (in >> word) {
    if (word == key && in >> value) return value;
  }
  return std::nullopt;
}

std::optional<double> number_in(const fs::path& file) {
  std::ifstream in(file);
  double value = 0;
  if (in >> value) return value;
  return std::nullopt;
}

/// What the control groups of this process leave it; nothing where none limits it.
std::optional<double> left_by_control_groups() {
  std::ifstream in("/proc/self/cgroup");
  std::optional<double> least;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("0::/")) continue;
    const fs::path root = "/sys/fs/cgroup";
    for (fs::path group = root / line.substr(4);; group = group.parent_path()) {
      const std::optional<double> most = number_in(group / "memory.max");
      const std::optional<double> used = number_in(group / "memory.current");
      if (most && used) {
        // Files that the system keeps in memory count as used, and are given up when asked for.
        const double files = number_after(group / "memory.stat", "inactive_file").value_or(0);
        const double left = std::max(0.0, *most - *used + files);
        least = least ? std::min(*least, left) : left;
      }
      if (group == root || !group.has_relative_path()) break;
    }
  }
  return least;
}

std::string size_in_words(double bytes) {
  return bytes < 1e9 ? fmt::format("{:.0f} MB", bytes / 1e6)
                     : fmt::format("{:.1f} GB", bytes / 1e9);
}

/// How to ask for a batch of so many rows or fewer.
std::string advice(const LossPlan& loss, std::size_t rows) {
  const LossNeeds needs = loss_needs(loss.name);
  if (needs.episodes) {
    const std::size_t of_class = loss.episode.shot + loss.episode.queries;
    return fmt::format("ask for a --way of {} at most, or fewer --queries", rows / of_class);
  }
  if (needs.people_photos) {
    return fmt::format("ask for {} --people at most with {} --photos each", rows / loss.photos,
                       loss.photos);
  }
  return fmt::format("ask for a --batch of {} at most", rows);
}

}  // namespace

double MemoryNeed::of(std::size_t global_rows, std::size_t ranks) const {
  const auto rows = static_cast<double>(global_rows);
  return fixed + per_row * rows / static_cast<double>(ranks) + per_pair * rows * rows;
}

std::size_t MemoryNeed::most_rows(double bytes, std::size_t ranks) const {
  std::size_t fits = 0;
  std::size_t beyond = std::size_t{1} << 40U;
  while (beyond - fits > 1) {
    const std::size_t middle = fits + (beyond - fits) / 2;
    (of(middle, ranks) <= bytes ? fits : beyond) = middle;
  }
  return fits;
}

MemoryNeed memory_need(const NetworkSpec& spec, const LossPlan& loss, std::size_t classes) {
  const LossNeeds needs = loss_needs(loss.name);
  const double length = static_cast<double>(output_length(spec));
  double parameters = 0;
  for (const ParameterSpec& parameter : parameter_specs(spec)) {
    parameters += elements(parameter.shape);
  }
  if (needs.classes) parameters += static_cast<double>(classes) * length;
  // The loader keeps so many batches ready beside the one in hand and the one it begins.
  const double batches = static_cast<double>(LoaderOptions().ahead) + 2;
  double floats = floats_per_row(spec) + batches * elements(spec.input) + 4 * length;
  // Logits, and their gradients.
  if (needs.classes) floats += 2 * static_cast<double>(classes);
  MemoryNeed need;
  need.fixed = kFixedBytes + kCopiesOfParameters * parameters * sizeof(float);
  need.per_row = floats * sizeof(float);
  if (needs.people_photos) need.per_pair = kPairMatrices * sizeof(float);
  return need;
}

std::optional<std::uint64_t> free_memory() {
  const std::optional<double> kilobytes = number_after("/proc/meminfo", "MemAvailable:");
  if (!kilobytes) return std::nullopt;
  double bytes = *kilobytes * 1024;
  if (const std::optional<double> left = left_by_control_groups()) bytes = std::min(bytes, *left);
  return static_cast<std::uint64_t>(bytes);
}

void check_memory(const NetworkSpec& network, const LossPlan& loss, std::size_t classes,
                  std::size_t ranks) {
  const std::optional<std::uint64_t> free = free_memory();
  if (!free) return;
  const auto bytes = static_cast<double>(*free);
  const MemoryNeed need = memory_need(network, loss, classes);
  const std::size_t rows = batch_rows(loss);
  if (need.of(rows, ranks) <= bytes) return;
  const std::size_t most = need.most_rows(bytes, ranks);
  const std::string start =
      fmt::format("train: a batch of {} takes about {} of memory, and {} are free; ",
                  batch_in_words(loss), size_in_words(need.of(rows, ranks)), size_in_words(bytes));
  throw Error(ErrorCode::kInvalidArgument,
              start + (most >= 4 ? advice(loss, most)
                                 : "take a smaller --arch, --size or --width, or close other "
                                   "programs"));
}

}  // namespace visavis
