#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "native/onnx/semantics.h"

namespace visavis::onnx_graph {
namespace {

constexpr std::int64_t kMaxWindow = 1 << 15;

/// Padding that ONNX leaves to the runtime: as many outputs as strides fit into the input, the odd
/// pixel at the end (SAME_UPPER) or the start (SAME_LOWER).
std::pair<std::int64_t, std::int64_t> same_padding(std::int64_t size, std::int64_t extent,
                                                   std::int64_t stride, bool odd_at_end) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * stride + extent - size);
  return odd_at_end ? std::pair{total / 2, total - total / 2}
                    : std::pair{total - total / 2, total / 2};
}

void check_sizes(const NodeReader& node, const Dims& sizes, std::size_t count, std::int64_t least,
                 const char* what) {
  if (sizes.size() != count) {
    node.broken(std::string(what) + " must be " + std::to_string(count) + " numbers");
  }
  for (const std::int64_t size : sizes) {
    if (size < least || size > kMaxWindow) {
      node.broken(std::string(what) + " of " + std::to_string(size) + " makes no sense; " +
                  std::to_string(least) + " to " + std::to_string(kMaxWindow) + " are supported");
    }
  }
}

Dims padding_of(const NodeReader& node, const Dims& sizes, const SpatialWindow& window,
                const Dims& extents) {
  const std::size_t spatial = sizes.size();
  const std::string mode = node.text("auto_pad", "NOTSET");
  Dims pads(2 * spatial, 0);
  if (mode == "NOTSET" || mode.empty()) return node.integers("pads", pads);
  if (mode == "VALID") return pads;
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") {
    node.broken("auto_pad " + mode + " is unknown");
  }
  for (std::size_t i = 0; i < spatial; ++i) {
    std::tie(pads[i], pads[i + spatial]) =
        same_padding(sizes[i], extents[i], window.strides[i], mode == "SAME_UPPER");
  }
  return pads;
}

}  // namespace

std::int64_t convolution_groups(const NodeReader& node, const Dims& image, const Dims& filter) {
  const std::int64_t groups = node.integer("group", 1);
  if (image.size() < 3 || filter.size() != image.size()) {
    node.unsupported("takes " + to_string(image) + " with a filter of " + to_string(filter) +
                     "; images of one or two dimensions are supported");
  }
  if (groups < 1 || filter[1] != image[1] / groups || image[1] % groups != 0 ||
      filter[0] % groups != 0) {
    node.broken("filter " + to_string(filter) + " in " + std::to_string(groups) +
                " groups does not fit input " + to_string(image));
  }
  return groups;
}

void check_pool(const NodeReader& node) {
  if (node.node().outputs.size() > 1 && !node.node().outputs[1].empty()) {
    node.unsupported("gives the indices of its maxima");
  }
}

SpatialWindow window_of(const NodeReader& node, const Dims& dims, const Dims& kernel) {
  if (dims.size() < 3) node.unsupported("takes " + to_string(dims) + ", which is no image");
  const Dims sizes(dims.begin() + 2, dims.end());
  const std::size_t spatial = sizes.size();
  SpatialWindow window;
  window.kernel = node.integers("kernel_shape", kernel);
  window.strides = node.integers("strides", Dims(spatial, 1));
  window.dilations = node.integers("dilations", Dims(spatial, 1));
  check_sizes(node, window.kernel, spatial, 1, "kernel_shape");
  check_sizes(node, window.strides, spatial, 1, "strides");
  check_sizes(node, window.dilations, spatial, 1, "dilations");
  Dims extents;
  for (std::size_t i = 0; i < spatial; ++i) {
    extents.push_back((window.kernel[i] - 1) * window.dilations[i] + 1);
  }
  const Dims pads = padding_of(node, sizes, window, extents);
  check_sizes(node, pads, 2 * spatial, 0, "pads");
  const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(spatial);
  window.begins = {pads.begin(), middle};
  window.ends = {middle, pads.end()};
  const bool rounds_up = node.integer("ceil_mode", 0) != 0;
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t padded = sizes[i] + window.begins[i] + window.ends[i];
    if (padded < extents[i]) {
      node.broken("a kernel of extent " + std::to_string(extents[i]) + " does not fit into " +
                  to_string(dims));
    }
    const std::int64_t stride = window.strides[i];
    std::int64_t outputs = (padded - extents[i] + (rounds_up ? stride - 1 : 0)) / stride + 1;
    // No window starts in the padding at the end (ONNX 1.16's note, as PyTorch does).
    if (rounds_up && (outputs - 1) * stride >= sizes[i] + window.begins[i]) --outputs;
    window.outputs.push_back(outputs);
    window.extra.push_back(std::max<std::int64_t>(0, (outputs - 1) * stride + extents[i] - padded));
  }
  return window;
}

}  // namespace visavis::onnx_graph
