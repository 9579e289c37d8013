#pragma once

#include <vector>

#include "native/onnx/node_reader.h"
#include "native/onnx/semantics.h"

namespace visavis::onnx_graph {

/// Private to evaluate*.cpp.

using Values = std::vector<double>;

/// Any constant's values.
Values values_of(const Constant& constant);
Values values_of(const NodeReader& node, std::size_t index);

/// Values as a constant of `type`: rounded to float, or cut to integers as ONNX's Cast does.
Constant made(ElementType type, Dims dims, const Values& values);
bool is_float(ElementType type);

/// Elements of `from` by index, -1 for `fill`; the type stays.
Constant taken(const Constant& from, Dims dims, const Dims& indices, double fill = 0);

/// Index into a tensor of `dims` for each element of the selection, -1 for padding.
Dims selected_indices(const Dims& dims, const std::vector<Selection>& selections);
Dims selected_dims(Dims dims, const std::vector<Selection>& selections);

/// Index into a tensor of `from` for each element of its broadcast to `to`.
Dims broadcast_indices(const Dims& from, const Dims& to);

/// Index into a tensor of `dims` for each element of its transpose.
Dims transposed_indices(const Dims& dims, const std::vector<std::size_t>& permutation);
Dims transposed_dims(const Dims& dims, const std::vector<std::size_t>& permutation);

/// Tensors of one type one after the other.
Constant concatenated(const NodeReader& node, const std::vector<Constant>& parts, std::size_t axis);

/// A tensor seen as [outer, size, inner] around some neighbouring axes.
struct Rows {
  std::size_t outer = 1;
  std::size_t size = 1;
  std::size_t inner = 1;
};
Rows rows_of(const Dims& dims, std::size_t first_axis, std::size_t end_axis);

using Evaluate = Constant (*)(const NodeReader&);
/// Each file's operators; null where it has none of that name.
Evaluate find_move(const std::string& op);         // evaluate_moves.cpp
Evaluate find_elementwise(const std::string& op);  // evaluate_elementwise.cpp
Evaluate find_reduction(const std::string& op);    // evaluate_reductions.cpp
Evaluate find_window(const std::string& op);       // evaluate_windows.cpp

}  // namespace visavis::onnx_graph
