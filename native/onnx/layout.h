#pragma once

#include <optional>
#include <vector>

#include "native/onnx/graph.h"

namespace visavis::onnx_graph {

/// Equally spaced elements of a network's value.
struct Factor {
  std::size_t size = 1;
  std::size_t stride = 1;
  auto operator<=>(const Factor&) const = default;  // NOLINT(modernize-use-nullptr): not our code
};

/// Where the elements of an ONNX tensor lie in the network's value that holds them. ONNX is
/// channels-first and our images are channels-last, so the same elements lie in another order. Each
/// dimension of the tensor is a row of factors, outermost first, none of size 1: [1, c, h, w] held
/// as an image is {{}, {{c, 1}}, {{h, w * c}}, {{w, c}}}. So a Transpose only swaps rows and a
/// Reshape only regroups factors. Elements are moved only where a layer needs them in another
/// order.
using Layout = std::vector<std::vector<Factor>>;

/// Elements in the order of the dimensions `order`, outermost first; all dimensions are in it.
Layout ordered_layout(const Dims& dims, const std::vector<std::size_t>& order);

/// Elements in ONNX's order.
Layout row_major(const Dims& dims);

/// 0, 1, .. rank - 1.
std::vector<std::size_t> natural_order(std::size_t rank);

/// [1, c, h, w] with the channels last: 0, 2, 3, 1; of any rank from 2 on.
std::vector<std::size_t> image_order(std::size_t rank);

/// All factors in the order of the dimensions `order`, neighbours joined where they can be.
std::vector<Factor> joined_factors(const Layout& layout, const std::vector<std::size_t>& order);

/// Whether the elements lie in the order of the dimensions `order`.
bool lies_in_order(const Layout& layout, const std::vector<std::size_t>& order);

/// The same elements under other dimensions (a Reshape). Nothing where a new dimension would cut
/// through factors that do not lie one after the other: the elements must be brought into order.
std::optional<Layout> regrouped(const Layout& layout, const Dims& dims);

/// The order in which the dimensions lie, outermost first, those of one element before all others;
/// nothing where a dimension is scattered.
std::optional<std::vector<std::size_t>> order_of(const Layout& layout);

/// By index of the network's value, the index of the element in ONNX's order.
std::vector<std::size_t> onnx_indices(const Layout& layout);

/// `constant`, of `constant_dims` that are 1 or those of the layout from the last on, as the
/// shortest table that repeats: entry i % size belongs to element i of the network's value. Nothing
/// where it does not broadcast to `dims`.
std::optional<std::vector<float>> periodic(const std::vector<float>& constant,
                                           const Dims& constant_dims, const Dims& dims,
                                           const Layout& layout);

}  // namespace visavis::onnx_graph
