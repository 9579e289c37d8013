#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "native/onnx/semantics.h"

namespace visavis::onnx_graph {
namespace {

/// The choices of Resize; Upsample and Resize before opset 11 know one each.
struct Choices {
  std::string mode = "nearest";
  std::string coordinates = "asymmetric";
  std::string rounding = "floor";
  float cubic = -0.75F;
  bool excludes_outside = false;
};

Choices choices_of(const NodeReader& node) {
  Choices choices;
  choices.mode = node.text("mode", "nearest");
  if (choices.mode == "bilinear") choices.mode = "linear";  // Upsample before opset 7.
  if (choices.mode != "nearest" && choices.mode != "linear" && choices.mode != "cubic") {
    node.unsupported("resizes in the mode '" + choices.mode + "'");
  }
  if (node.node().op == "Upsample" || node.opset() < 11) return choices;
  choices.coordinates = node.text("coordinate_transformation_mode", "half_pixel");
  choices.rounding = node.text("nearest_mode", "round_prefer_floor");
  choices.cubic = node.real("cubic_coeff_a", -0.75F);
  choices.excludes_outside = node.integer("exclude_outside", 0) != 0;
  const std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (node.integer("antialias", 0) != 0 || policy != "stretch") {
    node.unsupported("resizes with antialias or keep_aspect_ratio_policy '" + policy +
                     "'; export it without");
  }
  return choices;
}

/// Where result pixel `at` lies in the input, in float as onnxruntime computes it.
float source_of(const NodeReader& node, const Choices& choices, std::int64_t at, float scale,
                std::int64_t in, std::int64_t out) {
  const auto x = static_cast<float>(at);
  const std::string& mode = choices.coordinates;
  if (mode == "asymmetric") return x / scale;
  if (mode == "half_pixel") return (x + 0.5F) / scale - 0.5F;
  if (mode == "pytorch_half_pixel") return out > 1 ? (x + 0.5F) / scale - 0.5F : 0;
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5F) / scale;
  if (mode == "align_corners") {
    return out == 1 ? 0 : x * static_cast<float>(in - 1) / static_cast<float>(out - 1);
  }
  if (mode == "half_pixel_symmetric") {
    const float adjustment = static_cast<float>(out) / (scale * static_cast<float>(in));
    const float center = static_cast<float>(in) / 2;
    return center * (1 - adjustment) + (x + 0.5F) / scale - 0.5F;
  }
  node.unsupported("resizes in the coordinates '" + mode + "'");
}

std::int64_t rounded(const NodeReader& node, const std::string& rounding, float x) {
  if (rounding == "floor") return static_cast<std::int64_t>(std::floor(x));
  if (rounding == "ceil") return static_cast<std::int64_t>(std::ceil(x));
  if (rounding == "round_prefer_floor") return static_cast<std::int64_t>(std::ceil(x - 0.5F));
  if (rounding == "round_prefer_ceil") return static_cast<std::int64_t>(std::floor(x + 0.5F));
  node.broken("nearest_mode '" + rounding + "' is unknown");
}

using Taps = std::vector<ResizedAxis::Tap>;

Taps linear_taps(float x, std::int64_t in) {
  const float inside = std::clamp(x, 0.0F, static_cast<float>(in - 1));
  const auto first = static_cast<std::int64_t>(inside);
  const std::int64_t second = std::min(first + 1, in - 1);
  const float share = inside - static_cast<float>(first);
  if (first == second) return {{first, 1}};
  return {{first, 1 - share}, {second, share}};
}

/// Keys 1981, "Cubic convolution interpolation for digital image processing".
Taps cubic_taps(const Choices& choices, float x, std::int64_t in) {
  const float a = choices.cubic;
  const float floor = std::floor(x);
  const float s = x - floor;
  const float near = s;
  const float far = 1 - s;
  const auto outer = [a](float d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  const auto inner = [a](float d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  const float weights[] = {outer(near + 1), inner(near), inner(far), outer(far + 1)};
  Taps taps;
  float sum = 0;
  for (int i = 0; i < 4; ++i) {
    const std::int64_t source = static_cast<std::int64_t>(floor) - 1 + i;
    if (choices.excludes_outside && (source < 0 || source >= in)) continue;
    taps.push_back({std::clamp<std::int64_t>(source, 0, in - 1), weights[i]});
    sum += weights[i];
  }
  if (choices.excludes_outside) {
    for (ResizedAxis::Tap& tap : taps) tap.weight /= sum;
  }
  return taps;
}

ResizedAxis resized_axis(const NodeReader& node, const Choices& choices, std::size_t axis,
                         std::int64_t in, std::int64_t out, float scale) {
  ResizedAxis resized{axis, {}};
  for (std::int64_t i = 0; i < out; ++i) {
    const float x = source_of(node, choices, i, scale, in, out);
    if (choices.mode == "nearest") {
      const std::int64_t source = rounded(node, choices.rounding, x);
      resized.taps.push_back({{std::clamp<std::int64_t>(source, 0, in - 1), 1}});
    } else {
      resized.taps.push_back(choices.mode == "linear" ? linear_taps(x, in)
                                                      : cubic_taps(choices, x, in));
    }
  }
  return resized;
}

/// Scales by an attribute (Upsample before opset 9), or an input.
std::vector<float> scales_of(const NodeReader& node) {
  if (node.node().op == "Upsample" && !node.has_input(1)) {
    if (node.attribute("height_scale") != nullptr) {
      return {1, 1, node.real("height_scale", 1), node.real("width_scale", 1)};
    }
    return node.reals("scales", {});
  }
  const std::size_t index = node.node().op == "Upsample" || node.opset() < 11 ? 1 : 2;
  return node.has_input(index) ? node.weights(index) : std::vector<float>{};
}

/// As the runtime's resize with that method reads a result pixel.
Taps method_taps(ResizeMethod method, std::int64_t at, std::int64_t in, std::int64_t out) {
  const float scale = static_cast<float>(out) / static_cast<float>(in);
  const auto x = static_cast<float>(at);
  switch (method) {
    case ResizeMethod::kNearest:
      return {{at / std::max<std::int64_t>(1, out / in), 1}};
    case ResizeMethod::kLinear:
      return linear_taps((x + 0.5F) / scale - 0.5F, in);
    case ResizeMethod::kLinearAlignCorners:
      return linear_taps(
          out == 1 ? 0 : x * static_cast<float>(in - 1) / static_cast<float>(out - 1), in);
    case ResizeMethod::kLinearAsymmetric:
      return linear_taps(x / scale, in);
  }
  return {};
}

/// What the taps give for a ramp and for an alternating row: enough to tell taps apart that differ.
bool are_alike(const Taps& a, const Taps& b) {
  const auto sums = [](const Taps& taps) {
    std::pair<double, double> result{0, 0};
    for (const ResizedAxis::Tap& tap : taps) {
      result.first += static_cast<double>(tap.weight) * static_cast<double>(tap.source);
      result.second += static_cast<double>(tap.weight) * (tap.source % 2 == 0 ? 1 : -1);
    }
    return result;
  };
  constexpr double kRounding = 1e-5;
  return std::abs(sums(a).first - sums(b).first) < kRounding * (1 + sums(a).first) &&
         std::abs(sums(a).second - sums(b).second) < 10 * kRounding;
}

}  // namespace

std::optional<ResizeMethod> ResizePlan::method(const Dims& from) const {
  const auto does_the_same = [&](ResizeMethod candidate) {
    for (const ResizedAxis& resized : axes) {
      const std::int64_t in = from[resized.axis];
      const auto out = static_cast<std::int64_t>(resized.taps.size());
      if (candidate == ResizeMethod::kNearest && out % in != 0) return false;
      for (std::int64_t i = 0; i < out; ++i) {
        const Taps expected = method_taps(candidate, i, in, out);
        if (!are_alike(resized.taps[static_cast<std::size_t>(i)], expected)) return false;
      }
    }
    return true;
  };
  if (mode == "nearest") {
    return does_the_same(ResizeMethod::kNearest) ? std::optional(ResizeMethod::kNearest)
                                                 : std::nullopt;
  }
  if (mode != "linear") return std::nullopt;
  for (const auto method : {ResizeMethod::kLinear, ResizeMethod::kLinearAlignCorners,
                            ResizeMethod::kLinearAsymmetric}) {
    if (does_the_same(method)) return method;
  }
  return std::nullopt;
}

ResizePlan resize_of(const NodeReader& node, const Dims& dims) {
  const Choices choices = choices_of(node);
  ResizePlan plan{dims, {}, choices.mode};
  std::vector<std::size_t> axes;
  for (const std::int64_t axis : node.integers("axes", {})) {
    axes.push_back(node.axis(axis, dims.size()));
  }
  if (axes.empty()) {
    for (std::size_t axis = 0; axis < dims.size(); ++axis) axes.push_back(axis);
  }
  const std::vector<float> scales = scales_of(node);
  const bool by_size = scales.empty() && node.has_input(3);
  const Dims sizes = by_size ? node.constant_integers(3) : Dims{};
  if ((by_size ? sizes.size() : scales.size()) != axes.size()) {
    node.broken("needs a scale or a size for each of " + std::to_string(axes.size()) +
                " dimensions");
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t in = dims[axes[i]];
    const float scale = by_size ? static_cast<float>(sizes[i]) / static_cast<float>(in) : scales[i];
    const float size = std::floor(static_cast<float>(in) * scale);
    if (!(scale > 0 && size >= 1 && size <= 1 << 15)) {
      node.broken("resizes " + to_string(dims) + " to no sensible size");
    }
    const std::int64_t out = by_size ? sizes[i] : static_cast<std::int64_t>(size);
    plan.dims[axes[i]] = out;
    if (in == out && scale == 1) continue;
    plan.axes.push_back(resized_axis(node, choices, axes[i], in, out, scale));
  }
  return plan;
}

}  // namespace visavis::onnx_graph
