#include <algorithm>
#include <cmath>
#include <utility>

#include "native/onnx/blocks.h"
#include "native/onnx/converters.h"
#include "native/onnx/evaluators.h"

namespace visavis::onnx_graph {
namespace {

/// Operators that choose, join, repeat and pad elements.

void slice(Operation& operation) {
  Value value = operation.value(0);
  for (const Selection& part : slices_of(operation, value.dims)) {
    value = selected(operation, value, part);
  }
  operation.produce(value);
}

void split(Operation& operation) {
  const Value value = operation.value(0);
  const std::vector<Selection> parts = split_of(operation, value.dims);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    operation.produce(selected(operation, value, parts[i]), i);
  }
}

void gather(Operation& operation) {
  const Value value = operation.value(0);
  const std::size_t axis = operation.axis(operation.integer("axis", 0), value.dims.size());
  const Dims dims = gathered_dims(operation, value.dims, axis);
  const Value chosen =
      selected(operation, value, {axis, gathered_indices(operation, value.dims[axis])});
  operation.produce(with_dims(operation, chosen, dims));
}

void expand(Operation& operation) {
  const Value value = operation.value(0);
  operation.produce(expanded(operation, value, expand_target(operation, value.dims)));
}

void tile(Operation& operation) {
  Value value = operation.value(0);
  for (const Selection& repeats : tiles_of(operation, value.dims)) {
    value = selected(operation, value, repeats);
  }
  operation.produce(value);
}

void pad(Operation& operation) {
  Value value = operation.value(0);
  const bool is_constant = operation.text("mode", "constant") == "constant";
  const float fill = is_constant ? pad_value(operation) : 0;
  if (std::isnan(fill)) operation.broken("pads with a value that is no number");
  for (const Selection& padding : pads_of(operation, value.dims)) {
    const Dims& source = padding.source;
    const auto is_element = [](std::int64_t i) { return i >= 0; };
    const auto first = std::find_if(source.begin(), source.end(), is_element);
    const auto end = std::find_if(source.rbegin(), source.rend(), is_element).base();
    if (first >= end) operation.unsupported("leaves no element");
    value = selected(operation, value, {padding.axis, {first, end}});
    value =
        padded(operation, value, padding.axis, first - source.begin(), source.end() - end, fill);
  }
  operation.produce(value);
}

/// The order that most of the joined values lie in already.
std::vector<std::size_t> common_order(const std::vector<Value>& values) {
  for (const Value& value : values) {
    if (const auto order = order_of(value.layout)) return *order;
  }
  return natural_order(values[0].dims.size());
}

Value joined(Operation& operation, const std::vector<Value>& values, std::size_t axis) {
  if (values.size() == 1) return values[0];
  Value first = values[0];
  first.layout = ordered_layout(first.dims, common_order(values));
  // `along` chooses shape and axis for a value that lies as the first should.
  const AlongAxis plan = operation.along(first, axis);
  Dims dims = first.dims;
  dims[axis] = 0;
  std::vector<ValueId> inputs;
  for (const Value& value : values) {
    Dims expected = first.dims;
    if (value.dims.size() == expected.size()) expected[axis] = value.dims[axis];
    if (value.dims != expected) {
      operation.broken(to_string(value.dims) + " does not fit beside " + to_string(first.dims));
    }
    Shape shape = plan.shape;
    shape[plan.axis] = static_cast<std::size_t>(value.dims[axis]);
    inputs.push_back(operation.arranged(value, plan.order, shape));
    dims[axis] += value.dims[axis];
  }
  const ValueId id =
      operation.add("concat", Concatenate{static_cast<int>(plan.axis)}, std::move(inputs));
  return {id, dims, ordered_layout(dims, plan.order)};
}

/// What Concat joins. Constants become room of zeros beside the values, to be filled afterwards.
struct Parts {
  std::vector<Value> values;
  std::int64_t leading = 0;     ///< Room for constants before the first value.
  std::vector<Constant> fills;  ///< Of all inputs in turn: the constants, and zeros for values.
  bool is_filled = false;       ///< By others than zeros.
};

void add_constant(Operation& operation, Parts& parts, std::size_t index, std::size_t axis) {
  const std::vector<float> values = operation.weights(index);
  const Dims& dims = operation.constant(index).dims;
  parts.fills.push_back(Constant::floats(dims, values));
  parts.is_filled |= std::any_of(values.begin(), values.end(), [](float v) { return v != 0; });
  if (parts.values.empty()) {
    parts.leading += dims[axis];
  } else {
    parts.values.back() = padded(operation, parts.values.back(), axis, 0, dims[axis], 0);
  }
}

void concat(Operation& operation) {
  std::size_t first = 0;
  while (!operation.is_value(first)) ++first;
  const Dims like = operation.value(first).dims;
  const std::size_t axis = operation.axis(operation.integer("axis", 1), like.size());
  Parts parts;
  for (std::size_t i = 0; i < operation.input_count(); ++i) {
    const Dims& dims = operation.is_value(i) ? operation.value(i).dims : operation.constant(i).dims;
    Dims expected = like;
    if (dims.size() == like.size()) expected[axis] = dims[axis];
    if (dims != expected) {
      operation.broken(to_string(dims) + " does not fit beside " + to_string(like));
    }
    if (operation.is_value(i)) {
      parts.fills.push_back(Constant::floats(dims, std::vector<float>(element_count(dims), 0)));
      parts.values.push_back(
          padded(operation, operation.value(i), axis, std::exchange(parts.leading, 0), 0, 0));
    } else if (element_count(dims) > 0) {
      add_constant(operation, parts, i, axis);
    }
  }
  Value result = joined(operation, parts.values, axis);
  if (parts.is_filled) {
    const Constant fill = concatenated(operation, parts.fills, axis);
    result = affine(operation, result, {{1}, {}}, {std::get<0>(fill.values), fill.dims});
  }
  operation.produce(result);
}

/// Nearest by whole factors, and linear as XNNPACK knows it; nothing for others.
bool resize_by_layer(Operation& operation, const Value& value, const ResizePlan& plan) {
  const bool is_spatial =
      value.dims.size() == 4 && value.dims[0] == 1 &&
      std::all_of(plan.axes.begin(), plan.axes.end(), [](const auto& a) { return a.axis >= 2; });
  if (!is_spatial || plan.axes.empty()) return false;
  const auto method = plan.method(value.dims);
  if (!method) return false;
  const Resize resize{to_int(operation, plan.dims[2]), to_int(operation, plan.dims[3]), *method};
  const ValueId id = operation.add("resize", resize, {operation.as_image(value)});
  operation.produce({id, plan.dims, ordered_layout(plan.dims, image_order(4))});
  return true;
}

void resize(Operation& operation) {
  Value value = operation.value(0);
  const ResizePlan plan = resize_of(operation, value.dims);
  if (resize_by_layer(operation, value, plan)) return;
  for (const ResizedAxis& axis : plan.axes) {
    const auto size = static_cast<std::size_t>(value.dims[axis.axis]);
    std::vector<float> matrix(axis.taps.size() * size, 0);
    for (std::size_t i = 0; i < axis.taps.size(); ++i) {
      for (const ResizedAxis::Tap& tap : axis.taps[i]) {
        matrix[i * size + static_cast<std::size_t>(tap.source)] += tap.weight;
      }
    }
    value = along_axis(operation, value, axis.axis, matrix);
  }
  operation.produce(value);
}

}  // namespace

const Converters& selection_converters() {
  static const Converters table{
      {"Concat", concat}, {"Expand", expand}, {"Gather", gather},
      {"Pad", pad},       {"Resize", resize}, {"Slice", slice},
      {"Split", split},   {"Tile", tile},     {"Upsample", resize},
  };
  return table;
}

}  // namespace visavis::onnx_graph
