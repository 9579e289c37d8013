#include <algorithm>

#include "native/onnx/blocks.h"

namespace visavis::onnx_graph {
namespace {

bool is_reduced(const Reduction& reduction, std::size_t axis) {
  return std::binary_search(reduction.axes.begin(), reduction.axes.end(), axis);
}

/// The value with its reduced dimensions 1, or gone.
Value after_reduction(ValueId id, const Dims& dims, const Reduction& reduction,
                      const std::vector<std::size_t>& order) {
  Dims ones = dims;
  for (const std::size_t axis : reduction.axes) ones[axis] = 1;
  const Layout layout = ordered_layout(ones, order);
  Value result{id, {}, {}};
  for (std::size_t d = 0; d < dims.size(); ++d) {
    if (!reduction.keeps_dims && is_reduced(reduction, d)) continue;
    result.dims.push_back(ones[d]);
    result.layout.push_back(layout[d]);
  }
  return result;
}

/// Sizes in `order`, neighbours joined that are both reduced or both kept, and which are reduced.
struct Joined {
  Shape shape;
  std::vector<int> axes;
};

Joined joined(const Dims& dims, const Reduction& reduction, const std::vector<std::size_t>& order) {
  Joined result;
  bool last = false;
  for (const std::size_t d : order) {
    if (dims[d] == 1) continue;
    const bool now = is_reduced(reduction, d);
    if (result.shape.empty() || now != last) {
      if (now) result.axes.push_back(static_cast<int>(result.shape.size()));
      result.shape.push_back(1);
    }
    result.shape.back() *= static_cast<std::size_t>(dims[d]);
    last = now;
  }
  return result;
}

/// [rows, 1, channels], or as the value has it where it is an image of as many channels.
ValueId as_rows(Operation& operation, ValueId id, std::size_t channels) {
  const Shape& shape = operation.shape_of(id);
  if (shape.size() == 3 && shape.back() == channels) return id;
  return operation.reshaped(id, {visavis::element_count(shape) / channels, 1, channels});
}

/// `order` with `axis` last.
std::vector<std::size_t> with_last(const std::vector<std::size_t>& order, std::size_t axis) {
  std::vector<std::size_t> moved;
  std::copy_if(order.begin(), order.end(), std::back_inserter(moved),
               [&](std::size_t d) { return d != axis; });
  moved.push_back(axis);
  return moved;
}

/// The elements from `start` on, `count` of them.
Value sliced(Operation& operation, const Value& value, std::size_t axis, std::int64_t start,
             std::int64_t count) {
  const AlongAxis from = operation.along(value, axis);
  Slice slice{Shape(from.shape.size(), 0), from.shape};
  slice.start[from.axis] = static_cast<std::size_t>(start);
  slice.size[from.axis] = static_cast<std::size_t>(count);
  Value result{operation.add("slice", slice, {from.id}), value.dims, {}};
  result.dims[axis] = count;
  result.layout = ordered_layout(result.dims, from.order);
  return result;
}

}  // namespace

Value reduce(Operation& operation, ReduceOperation kind, const Value& value,
             const Reduction& reduction) {
  const auto order = order_of(value.layout).value_or(natural_order(value.dims.size()));
  const Joined sizes = joined(value.dims, reduction, order);
  if (sizes.axes.empty()) {  // Of one element each.
    return after_reduction(operation.arranged(value, order, operation.shape_of(value.id)),
                           value.dims, reduction, order);
  }
  // Only the rows of an image, whatever they are called.
  const bool is_pool = kind == ReduceOperation::kMean && sizes.axes == std::vector<int>{0} &&
                       sizes.shape.size() <= 2;
  ValueId id = 0;
  if (is_pool) {
    const std::size_t channels = sizes.shape.size() == 2 ? sizes.shape[1] : 1;
    const ValueId input = operation.arranged(value, order, operation.shape_of(value.id));
    id = operation.add("pool", GlobalAveragePool{}, {as_rows(operation, input, channels)});
  } else if (sizes.shape.size() <= 5) {
    id = operation.add("reduce", Reduce{kind, sizes.axes},
                       {operation.arranged(value, order, sizes.shape)});
  } else {
    operation.unsupported("reduces " + to_string(value.dims) + " along scattered axes");
  }
  return after_reduction(id, value.dims, reduction, order);
}

Value largest(Operation& operation, const Value& value, const Reduction& reduction) {
  std::vector<std::size_t> order = reduction.axes;
  std::size_t channels = 1;
  // Keep the order of the others as it is, so that an image is not turned round.
  for (const std::size_t d : order_of(value.layout).value_or(natural_order(value.dims.size()))) {
    if (is_reduced(reduction, d)) continue;
    order.push_back(d);
    channels *= static_cast<std::size_t>(value.dims[d]);
  }
  const std::size_t rows = element_count(value.dims) / channels;
  const ValueId input = operation.arranged(value, order, {rows, 1, channels});
  const ValueId id = operation.add("pool", GlobalMaxPool{}, {as_rows(operation, input, channels)});
  return after_reduction(id, value.dims, reduction, order);
}

Value along_axis(Operation& operation, const Value& value, std::size_t axis,
                 const std::vector<float>& matrix) {
  const auto order =
      with_last(order_of(value.layout).value_or(natural_order(value.dims.size())), axis);
  const auto in = static_cast<std::size_t>(value.dims[axis]);
  const std::size_t out = matrix.size() / in;
  const ValueId input = operation.arranged(value, order, {1, element_count(value.dims) / in, in});
  const Convolution kind{Window{}, to_int(operation, static_cast<std::int64_t>(out)), 1, false};
  Value result{operation.add("conv", kind, {input}, {{"filter", Tensor({out, 1, 1, in}, matrix)}}),
               value.dims,
               {}};
  result.dims[axis] = static_cast<std::int64_t>(out);
  result.layout = ordered_layout(result.dims, order);
  return result;
}

Value selected(Operation& operation, const Value& value, const Selection& selection) {
  const Dims& source = selection.source;
  const std::int64_t size = value.dims[selection.axis];
  if (source.empty()) operation.unsupported("leaves no element");
  bool is_run = true;
  for (std::size_t i = 1; i < source.size(); ++i) is_run &= source[i] == source[i - 1] + 1;
  if (is_run) {
    const auto count = static_cast<std::int64_t>(source.size());
    if (count == size) return value;
    return sliced(operation, value, selection.axis, source[0], count);
  }
  if (!is_sensible({static_cast<std::int64_t>(source.size()), size})) {
    operation.unsupported("chooses among too many elements");
  }
  std::vector<float> matrix(source.size() * static_cast<std::size_t>(size), 0);
  for (std::size_t i = 0; i < source.size(); ++i) {
    matrix[i * static_cast<std::size_t>(size) + static_cast<std::size_t>(source[i])] = 1;
  }
  return along_axis(operation, value, selection.axis, matrix);
}

Value padded(Operation& operation, const Value& value, std::size_t axis, std::int64_t before,
             std::int64_t after, float fill) {
  if (before == 0 && after == 0) return value;
  const AlongAxis from = operation.along(value, axis);
  Value result{0, value.dims, {}};
  result.dims[axis] += before + after;
  result.layout = ordered_layout(result.dims, from.order);
  if (from.axis + 1 == from.shape.size() && fill == 0) {
    const ChannelPad pad{to_int(operation, before), to_int(operation, after)};
    result.id = operation.add("pad", pad, {from.id});
    return result;
  }
  Pad pad{Shape(from.shape.size(), 0), Shape(from.shape.size(), 0), fill};
  pad.before[from.axis] = static_cast<std::size_t>(before);
  pad.after[from.axis] = static_cast<std::size_t>(after);
  result.id = operation.add("pad", pad, {from.id});
  return result;
}

Value expanded(Operation& operation, const Value& value, const Dims& dims) {
  Value result = value;
  const std::size_t missing = dims.size() - value.dims.size();
  result.dims.insert(result.dims.begin(), missing, 1);
  result.layout.insert(result.layout.begin(), missing, {});
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (result.dims[axis] == dims[axis]) continue;
    result = selected(operation, result,
                      {axis, Dims(static_cast<std::size_t>(dims[axis]), std::int64_t{0})});
  }
  return result;
}

}  // namespace visavis::onnx_graph
