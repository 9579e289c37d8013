#include "native/onnx/layout.h"

#include <algorithm>
#include <numeric>

namespace visavis::onnx_graph {
namespace {

/// A factor of one dimension, and how far a step along it goes in another tensor of these
/// dimensions.
struct Step {
  Factor factor;
  std::size_t other_stride = 0;
};

/// Outermost first, as they lie in the network's value.
void sort_by_stride(std::vector<Step>& steps) {
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.factor.stride > b.factor.stride; });
}

/// What the index of the other tensor is, for each index of the network's value.
std::vector<std::size_t> other_indices(const std::vector<Step>& steps) {
  std::vector<std::size_t> indices{0};
  for (const Step& step : steps) {
    std::vector<std::size_t> next;
    next.reserve(indices.size() * step.factor.size);
    for (const std::size_t index : indices) {
      for (std::size_t i = 0; i < step.factor.size; ++i) {
        next.push_back(index + i * step.other_stride);
      }
    }
    indices = std::move(next);
  }
  return indices;
}

/// Steps along `layout`, where dimension d of the other tensor has strides[d], 0 where it repeats.
std::vector<Step> steps_of(const Layout& layout, const std::vector<std::size_t>& strides) {
  std::vector<Step> steps;
  for (std::size_t d = 0; d < layout.size(); ++d) {
    std::size_t inside = strides[d];
    for (auto factor = layout[d].rbegin(); factor != layout[d].rend(); ++factor) {
      steps.push_back({*factor, inside});
      inside *= factor->size;
    }
  }
  sort_by_stride(steps);
  return steps;
}

/// Strides of dense dims in ONNX's order.
std::vector<std::size_t> dense_strides(const Dims& dims) {
  std::vector<std::size_t> strides(dims.size());
  std::size_t stride = 1;
  for (std::size_t d = dims.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= static_cast<std::size_t>(dims[d]);
  }
  return strides;
}

}  // namespace

Layout ordered_layout(const Dims& dims, const std::vector<std::size_t>& order) {
  Layout layout(dims.size());
  std::size_t stride = 1;
  for (auto d = order.rbegin(); d != order.rend(); ++d) {
    const auto size = static_cast<std::size_t>(dims[*d]);
    if (size != 1) layout[*d] = {{size, stride}};
    stride *= size;
  }
  return layout;
}

Layout row_major(const Dims& dims) { return ordered_layout(dims, natural_order(dims.size())); }

std::vector<std::size_t> natural_order(std::size_t rank) {
  std::vector<std::size_t> order(rank);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

std::vector<std::size_t> image_order(std::size_t rank) {
  std::vector<std::size_t> order{0};
  for (std::size_t d = 2; d < rank; ++d) order.push_back(d);
  order.push_back(1);
  return order;
}

std::vector<Factor> joined_factors(const Layout& layout, const std::vector<std::size_t>& order) {
  std::vector<Factor> joined;
  for (const std::size_t d : order) {
    for (const Factor& factor : layout[d]) {
      if (!joined.empty() && joined.back().stride == factor.size * factor.stride) {
        joined.back() = {joined.back().size * factor.size, factor.stride};
      } else {
        joined.push_back(factor);
      }
    }
  }
  return joined;
}

bool lies_in_order(const Layout& layout, const std::vector<std::size_t>& order) {
  const std::vector<Factor> joined = joined_factors(layout, order);
  return joined.empty() || (joined.size() == 1 && joined[0].stride == 1);
}

std::optional<Layout> regrouped(const Layout& layout, const Dims& dims) {
  std::vector<Factor> left = joined_factors(layout, natural_order(layout.size()));
  Layout result(dims.size());
  for (std::size_t d = dims.size(); d-- > 0;) {
    auto needed = static_cast<std::size_t>(dims[d]);
    while (needed > 1) {
      if (left.empty()) return std::nullopt;
      Factor& last = left.back();
      if (needed % last.size == 0) {
        needed /= last.size;
        result[d].insert(result[d].begin(), last);
        left.pop_back();
      } else if (last.size % needed == 0) {
        result[d].insert(result[d].begin(), {needed, last.stride});
        last = {last.size / needed, last.stride * needed};
        needed = 1;
      } else {
        return std::nullopt;
      }
    }
  }
  return result;
}

std::optional<std::vector<std::size_t>> order_of(const Layout& layout) {
  std::vector<std::pair<std::size_t, std::size_t>> strides;  // Of dimensions.
  std::vector<std::size_t> order;
  for (std::size_t d = 0; d < layout.size(); ++d) {
    const std::vector<Factor> joined = joined_factors(layout, {d});
    if (joined.size() > 1) return std::nullopt;
    if (joined.empty()) {
      order.push_back(d);
    } else {
      strides.emplace_back(joined[0].stride, d);
    }
  }
  std::sort(strides.rbegin(), strides.rend());
  for (const auto& [stride, d] : strides) order.push_back(d);
  return order;
}

std::vector<std::size_t> onnx_indices(const Layout& layout) {
  Dims dims;
  for (const std::vector<Factor>& factors : layout) {
    std::int64_t size = 1;
    for (const Factor& factor : factors) size *= static_cast<std::int64_t>(factor.size);
    dims.push_back(size);
  }
  return other_indices(steps_of(layout, dense_strides(dims)));
}

std::optional<std::vector<float>> periodic(const std::vector<float>& constant,
                                           const Dims& constant_dims, const Dims& dims,
                                           const Layout& layout) {
  if (constant_dims.size() > dims.size()) {
    const auto extra = static_cast<std::ptrdiff_t>(constant_dims.size() - dims.size());
    const bool is_plain = std::all_of(constant_dims.begin(), constant_dims.begin() + extra,
                                      [](std::int64_t dim) { return dim == 1; });
    if (!is_plain) return std::nullopt;
    return periodic(constant, {constant_dims.begin() + extra, constant_dims.end()}, dims, layout);
  }
  std::vector<std::size_t> strides(dims.size(), 0);
  const std::vector<std::size_t> given = dense_strides(constant_dims);
  const std::size_t missing = dims.size() - constant_dims.size();
  for (std::size_t i = 0; i < constant_dims.size(); ++i) {
    if (constant_dims[i] == 1) continue;
    if (constant_dims[i] != dims[missing + i]) return std::nullopt;
    strides[missing + i] = given[i];
  }
  std::vector<Step> steps = steps_of(layout, strides);
  const auto varies = [](const Step& step) { return step.other_stride != 0; };
  steps.erase(steps.begin(), std::find_if(steps.begin(), steps.end(), varies));
  std::vector<float> table;
  for (const std::size_t index : other_indices(steps)) table.push_back(constant[index]);
  return table;
}

}  // namespace visavis::onnx_graph
