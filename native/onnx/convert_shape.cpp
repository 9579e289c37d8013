#include <algorithm>
#include <numeric>

#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// The same elements under other dimensions. In channels-first order an image can only be
/// flattened whole, or be put together again.
void produce_with_dims(Operation& operation, const Value& value, const Dims& dims) {
  if (element_count(dims) != element_count(value.dims)) {
    operation.broken("cannot turn " + to_string(value.dims) + " into " + to_string(dims));
  }
  if (dims.empty() || dims[0] != 1) {
    operation.unsupported("turns " + to_string(value.dims) + " into " + to_string(dims) +
                          ", which mixes the batch with its images");
  }
  Value result = value;
  result.dims = dims;
  const bool is_flat = dims.size() == 2;
  if (dims == value.dims) {
    operation.produce(value);
  } else if (has_our_order(value)) {
    operation.produce({value.id, dims});
  } else if (value.layout == Layout::kChannelsFirst && is_flat) {
    result.layout = Layout::kFlattened;
    result.image = {value.dims.begin() + 1, value.dims.end()};
    operation.produce(result);
  } else if (value.layout == Layout::kFlattened && dims.size() == 4 &&
             std::equal(dims.begin() + 1, dims.end(), value.image.begin())) {
    operation.produce({value.id, dims, Layout::kChannelsFirst});
  } else {
    operation.unsupported("turns " + to_string(value.dims) + " into " + to_string(dims) +
                          " in channels-first order; transpose it to channels last before");
  }
}

/// ONNX counts negative axes from the end.
std::size_t axis_of(const Operation& operation, std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    operation.broken("axis " + std::to_string(axis) + " does not exist");
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

/// ONNX's axis of `value` as an axis of what channels_last makes of it.
int our_axis(const Operation& operation, const Value& value, std::size_t axis) {
  if (axis == 0) operation.unsupported("works along the batch");
  if (value.layout == Layout::kChannelsFirst) return axis == 1 ? 2 : static_cast<int>(axis) - 2;
  return static_cast<int>(axis) - 1;
}

bool is_zero(const Constant& constant) {
  if (!constant.is_float()) return false;
  const auto& values = std::get<0>(constant.values);
  return std::all_of(values.begin(), values.end(), [](float v) { return v == 0; });
}

ValueId add_channel_pad(Operation& operation, const Value& value, std::size_t axis,
                        std::int64_t before, std::int64_t after) {
  const std::size_t channels = value.layout == Layout::kChannelsFirst ? 1 : value.dims.size() - 1;
  if (axis != channels || value.layout == Layout::kFlattened) {
    operation.unsupported("pads along axis " + std::to_string(axis) +
                          "; only zeros beside the channels are supported");
  }
  return operation.add("pad", ChannelPad{to_int(operation, before), to_int(operation, after)},
                       {operation.channels_last(value)});
}

/// Concat of one value with constants.
void concat_with_zeros(Operation& operation, const Value& value, std::size_t axis) {
  std::int64_t before = 0;
  std::int64_t after = 0;
  bool value_seen = false;
  for (std::size_t i = 0; i < operation.node().inputs.size(); ++i) {
    if (!operation.is_constant(i)) {
      value_seen = true;
      continue;
    }
    const Constant& zeros = operation.constant(i);
    if (!is_zero(zeros)) operation.unsupported("appends a constant other than zero");
    Dims expected = value.dims;
    if (zeros.dims.size() == expected.size()) expected[axis] = zeros.dims[axis];
    if (zeros.dims != expected) {
      operation.broken(to_string(zeros.dims) + " does not fit beside " + to_string(value.dims));
    }
    (value_seen ? after : before) += zeros.dims[axis];
  }
  Value result = value;
  result.id = add_channel_pad(operation, value, axis, before, after);
  result.dims[axis] += before + after;
  operation.produce(result);
}

void concat_values(Operation& operation, const std::vector<Value>& values, std::size_t axis) {
  const bool is_image =
      std::any_of(values.begin(), values.end(), [](const Value& v) { return !has_our_order(v); });
  std::vector<ValueId> inputs;
  Value result = values[0];
  result.dims[axis] = 0;
  for (const Value& value : values) {
    const bool fits = value.dims.size() == result.dims.size();
    if (!fits) operation.broken("its inputs differ in dimensions");
    inputs.push_back(is_image ? operation.as_image(value) : operation.as_shaped(value));
    result.dims[axis] += value.dims[axis];
  }
  result.layout = is_image ? Layout::kChannelsFirst : Layout::kSameOrder;
  result.id = operation.add("concat", Concatenate{our_axis(operation, result, axis)}, inputs);
  operation.produce(result);
}

/// Whether a permutation only moves dimensions of one element, so that no element moves.
bool keeps_order(const Dims& dims, const std::vector<std::size_t>& permutation) {
  std::vector<std::size_t> moved;
  for (const std::size_t axis : permutation) {
    if (dims[axis] != 1) moved.push_back(axis);
  }
  return std::is_sorted(moved.begin(), moved.end());
}

}  // namespace

void convert_identity(Operation& operation) { operation.produce(operation.value(0)); }

void convert_reshape(Operation& operation) {
  const Value value = operation.value(0);
  Dims dims = operation.integers_or_input("shape", 1, {});
  const bool zero_is_zero = operation.integer("allowzero", 0) != 0;
  std::int64_t known = 1;
  std::int64_t* open = nullptr;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && !zero_is_zero) {
      if (i >= value.dims.size()) operation.broken("copies a dimension that does not exist");
      dims[i] = value.dims[i];
    }
    if (dims[i] == -1 && open == nullptr) {
      open = &dims[i];
    } else if (dims[i] < 1 || (known *= dims[i]) > (1 << 28)) {
      operation.broken("dimensions " + to_string(dims) + " make no sense");
    }
  }
  if (open != nullptr) *open = static_cast<std::int64_t>(element_count(value.dims)) / known;
  produce_with_dims(operation, value, dims);
}

void convert_flatten(Operation& operation) {
  const Value value = operation.value(0);
  const std::int64_t rank = static_cast<std::int64_t>(value.dims.size());
  std::int64_t axis = operation.integer("axis", 1);
  if (axis < 0) axis += rank;
  if (axis != 1) operation.unsupported("flattens from axis " + std::to_string(axis) + ", not 1");
  produce_with_dims(operation, value, {1, static_cast<std::int64_t>(element_count(value.dims))});
}

void convert_squeeze(Operation& operation) {
  const Value value = operation.value(0);
  std::vector<bool> removed(value.dims.size(), false);
  const Dims axes = operation.integers_or_input("axes", 1, {});
  if (axes.empty()) operation.unsupported("names no axes, so that it would drop the batch");
  for (const std::int64_t axis : axes) {
    const std::size_t i = axis_of(operation, axis, value.dims.size());
    if (value.dims[i] != 1) operation.broken("drops an axis that holds more than one element");
    removed[i] = true;
  }
  Dims dims;
  for (std::size_t i = 0; i < value.dims.size(); ++i) {
    if (!removed[i]) dims.push_back(value.dims[i]);
  }
  produce_with_dims(operation, value, dims);
}

void convert_unsqueeze(Operation& operation) {
  const Value value = operation.value(0);
  const Dims axes = operation.integers_or_input("axes", 1, {});
  const std::size_t rank = value.dims.size() + axes.size();
  std::vector<bool> inserted(rank, false);
  for (const std::int64_t axis : axes) {
    const std::size_t i = axis_of(operation, axis, rank);
    if (inserted[i]) operation.broken("inserts an axis twice");
    inserted[i] = true;
  }
  Dims dims;
  std::size_t next = 0;
  for (std::size_t i = 0; i < rank; ++i) dims.push_back(inserted[i] ? 1 : value.dims[next++]);
  produce_with_dims(operation, value, dims);
}

void convert_transpose(Operation& operation) {
  const Value value = operation.value(0);
  const std::size_t rank = value.dims.size();
  Dims reversed(rank);
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const Dims given = operation.integers("perm", reversed);
  Dims sorted = given;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != Dims(reversed.rbegin(), reversed.rend())) {
    operation.broken("perm is no permutation of its input's axes");
  }
  std::vector<std::size_t> permutation(given.begin(), given.end());
  Dims dims;
  for (const std::size_t axis : permutation) dims.push_back(value.dims[axis]);

  if (value.layout == Layout::kChannelsFirst && given == Dims{0, 2, 3, 1}) {
    operation.produce({operation.as_image(value), dims});
  } else if (value.layout == Layout::kSameOrder && given == Dims{0, 3, 1, 2}) {
    operation.produce({operation.as_shaped(value), dims, Layout::kChannelsFirst});
  } else if (permutation[0] == 0 && keeps_order(value.dims, permutation) && has_our_order(value)) {
    operation.produce({value.id, dims});
  } else {
    operation.unsupported("permutes " + to_string(value.dims) + " into " + to_string(dims) +
                          "; only channels first to channels last and back is supported");
  }
}

void convert_concat(Operation& operation) {
  std::vector<Value> values;
  const std::size_t count = operation.node().inputs.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (!operation.is_constant(i)) values.push_back(operation.value(i));
  }
  if (values.empty()) operation.unsupported("joins constants of more than one dimension");
  const std::size_t axis = axis_of(operation, operation.integer("axis", 1), values[0].dims.size());
  if (count == 1) {
    operation.produce(values[0]);
  } else if (values.size() == 1) {
    concat_with_zeros(operation, values[0], axis);
  } else if (values.size() == count) {
    concat_values(operation, values, axis);
  } else {
    operation.unsupported("joins several values with constants");
  }
}

void convert_pad(Operation& operation) {
  const Value value = operation.value(0);
  const Dims pads = operation.integers_or_input("pads", 1, {});
  const std::size_t rank = value.dims.size();
  if (pads.size() != 2 * rank) operation.broken("pads must be two numbers per dimension");
  if (operation.text("mode", "constant") != "constant" || operation.real("value", 0) != 0 ||
      (operation.has_input(2) && !is_zero(operation.constant(2)))) {
    operation.unsupported("pads with something else than zeros");
  }
  Value result = value;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (pads[axis] == 0 && pads[axis + rank] == 0) continue;
    result.id = add_channel_pad(operation, result, axis, pads[axis], pads[axis + rank]);
    result.dims[axis] += pads[axis] + pads[axis + rank];
  }
  operation.produce(result);
}

}  // namespace visavis::onnx_graph
