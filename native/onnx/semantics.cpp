#include "native/onnx/semantics.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "native/onnx/layout.h"

namespace visavis::onnx_graph {
namespace {

constexpr std::int64_t kMaxSize = 1 << 28;

void check_sensible(const NodeReader& node, const Dims& dims) {
  if (!is_sensible(dims)) node.broken("dimensions " + to_string(dims) + " make no sense");
}

/// start, start + step, .. below (or above) end.
Dims range(std::int64_t start, std::int64_t end, std::int64_t step) {
  Dims values;
  for (std::int64_t i = start; step > 0 ? i < end : i > end; i += step) values.push_back(i);
  return values;
}

/// Index of the element that stands at `index`, which may be beyond the border of `size`, by Pad's
/// mode.
std::int64_t padded_source(const NodeReader& node, const std::string& mode, std::int64_t index,
                           std::int64_t size) {
  if (index >= 0 && index < size) return index;
  if (mode == "constant") return -1;
  if (mode == "edge") return std::clamp<std::int64_t>(index, 0, size - 1);
  if (mode == "wrap") return ((index % size) + size) % size;
  if (mode != "reflect") node.unsupported("pads in the mode '" + mode + "'");
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1);
  const std::int64_t folded = ((index % period) + period) % period;
  return folded < size ? folded : period - folded;
}

}  // namespace

Dims reshape_target(const NodeReader& node, const Dims& dims) {
  Dims target = node.integers_or_input("shape", 1, {});
  const bool zero_is_zero = node.integer("allowzero", 0) != 0;
  std::int64_t* open = nullptr;
  Dims known;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == 0 && !zero_is_zero) {
      if (i >= dims.size()) node.broken("copies a dimension that does not exist");
      target[i] = dims[i];
    }
    if (target[i] == -1 && open == nullptr) {
      open = &target[i];
    } else {
      known.push_back(target[i]);
    }
  }
  check_sensible(node, known);
  const std::size_t divisor = element_count(known);
  if (open != nullptr) {
    *open = divisor == 0 ? 0 : static_cast<std::int64_t>(element_count(dims) / divisor);
  }
  check_sensible(node, target);
  if (element_count(target) != element_count(dims)) {
    node.broken("cannot turn " + to_string(dims) + " into " + to_string(target));
  }
  return target;
}

Dims flatten_target(const NodeReader& node, const Dims& dims) {
  const auto rank = static_cast<std::int64_t>(dims.size());
  const std::int64_t given = node.integer("axis", 1);
  const std::int64_t axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis > rank) node.broken("axis " + std::to_string(given) + " does not exist");
  const auto product = [](auto begin, auto end) {
    return std::accumulate(begin, end, std::int64_t{1}, std::multiplies<>());
  };
  return {product(dims.begin(), dims.begin() + axis), product(dims.begin() + axis, dims.end())};
}

Dims squeeze_target(const NodeReader& node, const Dims& dims) {
  const bool names_axes = node.has_input(1) || node.attribute("axes") != nullptr;
  const auto axes = node.axes(node.integers_or_input("axes", 1, {}), dims.size());
  Dims target;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool is_named = std::binary_search(axes.begin(), axes.end(), i);
    if (is_named && dims[i] != 1) node.broken("drops an axis that holds more than one element");
    if (names_axes ? !is_named : dims[i] != 1) target.push_back(dims[i]);
  }
  return target;
}

Dims unsqueeze_target(const NodeReader& node, const Dims& dims) {
  const Dims given = node.integers_or_input("axes", 1, {});
  const std::size_t rank = dims.size() + given.size();
  const auto axes = node.axes(given, rank);
  Dims target;
  auto next = dims.begin();
  for (std::size_t i = 0; i < rank; ++i) {
    target.push_back(std::binary_search(axes.begin(), axes.end(), i) ? 1 : *next++);
  }
  return target;
}

Dims expand_target(const NodeReader& node, const Dims& dims) {
  return broadcast(node, dims, node.constant_integers(1));
}

std::vector<std::size_t> permutation_of(const NodeReader& node, std::size_t rank) {
  Dims reversed(rank);
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const Dims given = node.integers("perm", reversed);
  Dims sorted = given;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != Dims(reversed.rbegin(), reversed.rend())) {
    node.broken("perm is no permutation of its input's axes");
  }
  return {given.begin(), given.end()};
}

Dims broadcast(const NodeReader& node, const Dims& a, const Dims& b) {
  Dims longer = a.size() >= b.size() ? a : b;
  const Dims& shorter = a.size() >= b.size() ? b : a;
  const std::size_t missing = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& dim = longer[missing + i];
    if (dim != shorter[i] && dim != 1 && shorter[i] != 1) {
      node.broken(to_string(a) + " and " + to_string(b) + " do not fit together");
    }
    if (dim == 1) dim = shorter[i];
  }
  check_sensible(node, longer);
  return longer;
}

Dims second_operand_dims(const NodeReader& node, const Dims& a, const Dims& b) {
  if (node.opset() >= 7 || node.attribute("axis") == nullptr) return b;
  const std::size_t first = node.axis(node.integer("axis", 0), a.size());
  if (first + b.size() > a.size()) node.broken("axis leaves no room for " + to_string(b));
  Dims dims = b;
  dims.resize(a.size() - first, 1);
  return dims;
}

Dims slope_dims(const NodeReader& node, const Dims& slope, const Dims& dims) {
  const bool is_list = slope.size() == 1 && dims.size() >= 2 && slope[0] == dims[1];
  if (is_list && (node.opset() < 7 || slope[0] != dims.back())) {
    Dims along_channels(dims.size() - 1, 1);
    along_channels[0] = slope[0];
    return along_channels;
  }
  if (broadcast(node, slope, dims) != dims) {
    node.broken("a slope of " + to_string(slope) + " does not fit " + to_string(dims));
  }
  return slope;
}

std::vector<Selection> slices_of(const NodeReader& node, const Dims& dims) {
  const Dims starts = node.integers_or_input("starts", 1, {});
  const Dims ends = node.integers_or_input("ends", 2, {});
  Dims all(starts.size());
  std::iota(all.begin(), all.end(), 0);
  const Dims axes = node.integers_or_input("axes", 3, all);
  const Dims steps = node.has_input(4) ? node.constant_integers(4) : Dims(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    node.broken("starts, ends, axes and steps must be as many");
  }
  std::vector<Selection> slices;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = node.axis(axes[i], dims.size());
    const std::int64_t size = dims[axis];
    if (steps[i] == 0) node.broken("a step is 0");
    const auto from_start = [&](std::int64_t index) { return index < 0 ? index + size : index; };
    const bool forward = steps[i] > 0;
    const std::int64_t start =
        std::clamp<std::int64_t>(starts[i] < -size ? (forward ? 0 : -1) : from_start(starts[i]), 0,
                                 forward ? size : size - 1);
    const std::int64_t end = std::clamp<std::int64_t>(ends[i] < -size ? -1 : from_start(ends[i]),
                                                      forward ? 0 : -1, size);
    // A step beyond the size would overflow, and goes nowhere else.
    const std::int64_t step = std::clamp<std::int64_t>(steps[i], -size - 1, size + 1);
    slices.push_back({axis, range(start, end, step)});
  }
  return slices;
}

std::vector<Selection> pads_of(const NodeReader& node, const Dims& dims) {
  const char* name = node.attribute("paddings") != nullptr ? "paddings" : "pads";  // Opset 1.
  const Dims pads = node.integers_or_input(name, 1, {});
  Dims all(dims.size());
  std::iota(all.begin(), all.end(), 0);
  const Dims axes = node.has_input(3) ? node.constant_integers(3) : all;
  if (pads.size() != 2 * axes.size()) node.broken("pads must be two numbers per dimension");
  const std::string mode = node.text("mode", "constant");
  std::vector<Selection> selections;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t before = pads[i];
    const std::int64_t after = pads[i + axes.size()];
    if (before == 0 && after == 0) continue;
    const std::size_t axis = node.axis(axes[i], dims.size());
    const std::int64_t size = dims[axis];
    if (std::abs(before) > kMaxSize || std::abs(after) > kMaxSize) {
      node.broken("pads of " + std::to_string(std::max(before, after)) + " make no sense");
    }
    Selection selection{axis, {}};
    for (std::int64_t at = -before; at < size + after; ++at) {
      selection.source.push_back(padded_source(node, mode, at, size));
    }
    selections.push_back(std::move(selection));
  }
  return selections;
}

float pad_value(const NodeReader& node) {
  return node.has_input(2) ? node.number(2) : node.real("value", 0);
}

std::vector<Selection> split_of(const NodeReader& node, const Dims& dims) {
  const std::size_t axis = node.axis(node.integer("axis", 0), dims.size());
  const auto parts = static_cast<std::int64_t>(node.node().outputs.size());
  const std::int64_t each = parts == 0 ? 0 : (dims[axis] + parts - 1) / parts;
  Dims sizes;
  for (std::int64_t i = 0; i < parts; ++i) {
    sizes.push_back(std::clamp<std::int64_t>(dims[axis] - i * each, 0, each));
  }
  sizes = node.integers_or_input("split", 1, sizes);
  std::int64_t left = dims[axis];
  for (const std::int64_t size : sizes) {
    if (size < 0 || size > left) node.broken("its parts do not make up " + to_string(dims));
    left -= size;
  }
  if (static_cast<std::int64_t>(sizes.size()) != parts || left != 0) {
    node.broken("its parts do not make up " + to_string(dims));
  }
  std::vector<Selection> selections;
  std::int64_t start = 0;
  for (const std::int64_t size : sizes) {
    selections.push_back({axis, range(start, start + size, 1)});
    start += size;
  }
  return selections;
}

std::vector<Selection> tiles_of(const NodeReader& node, const Dims& dims) {
  const Dims& repeats = node.constant_integers(1);
  if (repeats.size() != dims.size()) node.broken("repeats must be one number per dimension");
  std::vector<Selection> selections;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (repeats[axis] == 1) continue;
    if (repeats[axis] < 0 || repeats[axis] > kMaxSize ||
        !is_sensible({repeats[axis], dims[axis]})) {
      node.broken("repeats of " + to_string(repeats) + " make no sense");
    }
    Selection selection{axis, {}};
    for (std::int64_t i = 0; i < repeats[axis] * dims[axis]; ++i) {
      selection.source.push_back(i % dims[axis]);
    }
    selections.push_back(std::move(selection));
  }
  return selections;
}

Dims gathered_indices(const NodeReader& node, std::int64_t size) {
  Dims indices = node.constant_integers(1);
  for (std::int64_t& index : indices) {
    if (index < 0) index += size;
    if (index < 0 || index >= size) node.broken("gathers what is not there");
  }
  return indices;
}

Dims gathered_dims(const NodeReader& node, const Dims& dims, std::size_t axis) {
  Dims result = dims;
  const Dims& chosen = node.constant(1).dims;
  const auto at = result.erase(result.begin() + static_cast<std::ptrdiff_t>(axis));
  result.insert(at, chosen.begin(), chosen.end());
  return result;
}

Dims shape_part(const NodeReader& node, const Dims& dims) {
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto clamped = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = clamped(node.integer("start", 0));
  const std::int64_t end = std::max(start, clamped(node.integer("end", rank)));
  return {dims.begin() + start, dims.begin() + end};
}

BlockMove block_move(const NodeReader& node, const Dims& dims) {
  const std::int64_t block = node.integer("blocksize", 0);
  if (dims.size() != 4 || block < 1 || block > 1 << 10) {
    node.broken("needs an image and a blocksize, not " + to_string(dims));
  }
  const std::int64_t c = dims[1];
  const std::int64_t h = dims[2];
  const std::int64_t w = dims[3];
  if (node.node().op == "SpaceToDepth") {
    if (h % block != 0 || w % block != 0) node.broken("blocksize does not divide the image");
    return {{dims[0], c, h / block, block, w / block, block},
            {0, 3, 5, 1, 2, 4},
            {dims[0], c * block * block, h / block, w / block}};
  }
  if (c % (block * block) != 0) node.broken("blocksize does not divide the channels");
  const std::int64_t rest = c / (block * block);
  const Dims out{dims[0], rest, h * block, w * block};
  if (node.text("mode", "DCR") == "CRD") {
    return {{dims[0], rest, block, block, h, w}, {0, 1, 4, 2, 5, 3}, out};
  }
  return {{dims[0], block, block, rest, h, w}, {0, 3, 4, 1, 5, 2}, out};
}

Reduction reduction_of(const NodeReader& node, const Dims& dims) {
  Reduction reduction;
  const Dims given = node.integers_or_input("axes", 1, {});
  reduction.keeps_dims = node.integer("keepdims", 1) != 0;
  reduction.axes = given.empty() ? natural_order(dims.size()) : node.axes(given, dims.size());
  reduction.is_noop = given.empty() && node.integer("noop_with_empty_axes", 0) != 0;
  return reduction;
}

Dims reduced(const Dims& dims, const Reduction& reduction) {
  Dims result;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (!std::binary_search(reduction.axes.begin(), reduction.axes.end(), i)) {
      result.push_back(dims[i]);
    } else if (reduction.keeps_dims) {
      result.push_back(1);
    }
  }
  return result;
}

void check_batch_normalization(const NodeReader& node) {
  const bool gives_statistics = node.node().outputs.size() > 1 && node.opset() >= 14;
  if (node.integer("training_mode", 0) != 0 || node.integer("spatial", 1) != 1 ||
      gives_statistics) {
    node.unsupported(
        "is not the inference form (training_mode or spatial); export the network "
        "in evaluation mode");
  }
}

void check_channel_values(const NodeReader& node, std::size_t index, const Dims& dims) {
  const std::size_t values = element_count(node.constant(index).dims);
  if (dims.size() < 2 || static_cast<std::int64_t>(values) != dims[1]) {
    node.broken("'" + node.input_name(index) + "' must have one value per channel of " +
                to_string(dims));
  }
}

bool LocalResponse::reaches(std::size_t channel, std::size_t other) const {
  const auto c = static_cast<std::int64_t>(channel);
  const auto o = static_cast<std::int64_t>(other);
  return o >= c - before && o <= c + after;
}

LocalResponse local_response(const NodeReader& node, const Dims& dims) {
  const std::int64_t size = node.integer("size", 0);
  if (dims.size() < 3 || size < 1) node.broken("needs an image and a size");
  return {node.real("bias", 1),
          static_cast<double>(node.real("alpha", 1e-4F)) / static_cast<double>(size),
          node.real("beta", 0.75F), (size - 1) / 2, size / 2};
}

MatrixSizes matrix_sizes(const NodeReader& node, const Dims& a, const Dims& b) {
  if (a.empty() || b.empty()) node.broken("multiplies a scalar");
  Dims left = a;
  Dims right = b;
  if (a.size() == 1) left.insert(left.begin(), 1);
  if (b.size() == 1) right.push_back(1);
  MatrixSizes sizes;
  sizes.rows = left[left.size() - 2];
  sizes.depth = left.back();
  sizes.columns = right.back();
  if (right[right.size() - 2] != sizes.depth) {
    node.broken("matrix " + to_string(b) + " does not fit input " + to_string(a));
  }
  sizes.a_batch = {left.begin(), left.end() - 2};
  sizes.b_batch = {right.begin(), right.end() - 2};
  sizes.batch = broadcast(node, sizes.a_batch, sizes.b_batch);
  sizes.result = sizes.batch;
  if (a.size() > 1) sizes.result.push_back(sizes.rows);
  if (b.size() > 1) sizes.result.push_back(sizes.columns);
  return sizes;
}

SoftmaxAxes softmax_axes(const NodeReader& node, std::size_t rank) {
  const bool is_old = node.opset() < 13;
  if (rank == 0) node.broken("needs a dimension");
  return {node.axis(node.integer("axis", is_old ? 1 : -1), rank), is_old};
}

std::vector<std::size_t> axes_from(std::size_t first, std::size_t end) {
  std::vector<std::size_t> axes;
  for (std::size_t axis = first; axis < end; ++axis) axes.push_back(axis);
  return axes;
}

}  // namespace visavis::onnx_graph
