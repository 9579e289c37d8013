#include "native/onnx/operation.h"

#include <utility>

#include "core/error.h"

namespace visavis::onnx_graph {
namespace {

constexpr std::int64_t kMaxSize = 1 << 20;

template <class T>
const T* find(const std::map<std::string, T>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

std::string Operation::where() const {
  const std::string& output = node_.outputs.empty() ? node_.name : node_.outputs[0];
  return construction_.source + ": operator " + node_.op +
         (node_.name.empty() ? " (output '" + output + "')" : " (node '" + node_.name + "')");
}

void Operation::unsupported(const std::string& what) const {
  throw Error(ErrorCode::kUnsupported, where() + " " + what);
}

void Operation::broken(const std::string& what) const {
  throw Error(ErrorCode::kInvalidArgument, where() + ": " + what);
}

const Attribute* Operation::attribute(const char* name) const {
  return find(node_.attributes, name);
}

std::int64_t Operation::integer(const char* name, std::int64_t otherwise) const {
  const Attribute* found = attribute(name);
  if (found == nullptr) return otherwise;
  const auto* value = std::get_if<std::int64_t>(found);
  if (value == nullptr) broken(std::string("attribute ") + name + " is no integer");
  return *value;
}

float Operation::real(const char* name, float otherwise) const {
  const Attribute* found = attribute(name);
  if (found == nullptr) return otherwise;
  const auto* value = std::get_if<float>(found);
  if (value == nullptr) broken(std::string("attribute ") + name + " is no number");
  return *value;
}

std::string Operation::text(const char* name, const std::string& otherwise) const {
  const Attribute* found = attribute(name);
  if (found == nullptr) return otherwise;
  const auto* value = std::get_if<std::string>(found);
  if (value == nullptr) broken(std::string("attribute ") + name + " is no text");
  return *value;
}

Dims Operation::integers(const char* name, const Dims& otherwise) const {
  const Attribute* found = attribute(name);
  if (found == nullptr) return otherwise;
  const auto* value = std::get_if<Dims>(found);
  if (value == nullptr) broken(std::string("attribute ") + name + " is no list of integers");
  return *value;
}

Dims Operation::integers_or_input(const char* name, std::size_t index,
                                  const Dims& otherwise) const {
  return has_input(index) ? constant_integers(index) : integers(name, otherwise);
}

bool Operation::has_input(std::size_t index) const {
  return index < node_.inputs.size() && !node_.inputs[index].empty();
}

const std::string& Operation::input_name(std::size_t index) const {
  if (!has_input(index)) broken("input " + std::to_string(index) + " is missing");
  return node_.inputs[index];
}

bool Operation::is_constant(std::size_t index) const {
  return has_input(index) && construction_.constants.contains(node_.inputs[index]);
}

const Constant& Operation::constant(std::size_t index) const {
  const std::string& name = input_name(index);
  const Constant* found = find(construction_.constants, name);
  if (found != nullptr) return *found;
  if (construction_.values.contains(name)) {
    unsupported("computes its input '" + name + "' while running; only constants are supported");
  }
  broken("input '" + name + "' is used before it exists");
}

const std::vector<float>& Operation::weights(std::size_t index) const {
  const Constant& found = constant(index);
  if (!found.is_float()) broken("input '" + node_.inputs[index] + "' holds integers, not weights");
  return std::get<0>(found.values);
}

const Dims& Operation::constant_integers(std::size_t index) const {
  const Constant& found = constant(index);
  if (found.is_float()) broken("input '" + node_.inputs[index] + "' holds no integers");
  return std::get<1>(found.values);
}

const Value& Operation::value(std::size_t index) const {
  const std::string& name = input_name(index);
  const Value* found = find(construction_.values, name);
  if (found != nullptr) return *found;
  if (construction_.constants.contains(name)) {
    unsupported("takes the constant '" + name + "' where only a computed value is supported");
  }
  broken("input '" + name + "' is used before it exists");
}

ValueId Operation::reshaped(ValueId id, const Shape& shape) {
  if (shape_of(id) == shape) return id;
  if (shape.size() == 1) return add("flatten", Flatten{}, {id});
  return add("reshape", Reshape{shape}, {id});
}

ValueId Operation::as_image(const Value& value) {
  const bool is_image =
      value.dims.size() == 4 && (value.layout == Layout::kChannelsFirst ||
                                 (value.layout == Layout::kSameOrder && value.dims[1] == 1));
  if (!is_image) {
    unsupported("takes " + to_string(value.dims) + " where an image, channels first, is supported");
  }
  return reshaped(value.id,
                  {static_cast<std::size_t>(value.dims[2]), static_cast<std::size_t>(value.dims[3]),
                   static_cast<std::size_t>(value.dims[1])});
}

ValueId Operation::as_shaped(const Value& value) {
  if (!has_our_order(value)) {
    unsupported("needs " + to_string(value.dims) +
                " in channels-first order, which visavis never holds");
  }
  return reshaped(value.id, Shape(value.dims.begin() + 1, value.dims.end()));
}

ValueId Operation::channels_last(const Value& value) {
  if (value.layout == Layout::kChannelsFirst) return as_image(value);
  if (value.layout == Layout::kSameOrder) return as_shaped(value);
  return reshaped(value.id, {static_cast<std::size_t>(value.dims[1])});
}

std::vector<float> Operation::per_channel(const Constant& constant, const Value& value) const {
  if (!constant.is_float()) broken("a constant holds integers where weights are needed");
  const auto& given = std::get<0>(constant.values);
  const std::size_t axis = value.layout == Layout::kChannelsFirst ? 1 : value.dims.size() - 1;
  const auto channels = static_cast<std::size_t>(value.dims[axis]);
  if (given.size() == 1) return std::vector<float>(channels, given[0]);

  // ONNX broadcasts as NumPy does: dimensions are matched from the last one.
  const std::size_t rank = value.dims.size();
  bool fits = constant.dims.size() <= rank && given.size() == channels;
  for (std::size_t i = 0; fits && i < constant.dims.size(); ++i) {
    fits = constant.dims[i] == 1 || rank - constant.dims.size() + i == axis;
  }
  if (!fits) {
    unsupported("combines " + to_string(value.dims) + " with a constant of " +
                to_string(constant.dims) + "; one value, or one per channel, is supported");
  }
  if (value.layout != Layout::kFlattened) return given;
  const std::vector<std::size_t> indices = channels_first_indices(value.image);
  std::vector<float> ours(channels);
  for (std::size_t i = 0; i < channels; ++i) ours[i] = given[indices[i]];
  return ours;
}

ValueId Operation::add(const std::string& stem, LayerKind kind, std::vector<ValueId> inputs,
                       const std::map<std::string, Tensor>& parameters) {
  const std::string name = stem + std::to_string(++construction_.layers_of[stem]);
  const ValueId id = add_layer(construction_.network, name, std::move(kind), std::move(inputs));
  try {
    construction_.shapes = infer_shapes(construction_.network);
  } catch (const Error& error) {
    broken(error.what());
  }
  for (const auto& [parameter, tensor] : parameters) {
    construction_.parameters[name + "." + parameter] = tensor;
  }
  return id;
}

void Operation::produce(Value value) {
  // A 1x1 image: both orders are one. Taken as channels first, so that gates and global pools
  // broadcast over channels.
  if (value.dims.size() == 4 && value.dims[2] == 1 && value.dims[3] == 1) {
    value.layout = Layout::kChannelsFirst;
  }
  if (node_.outputs.empty()) broken("has no output");
  construction_.values[node_.outputs[0]] = std::move(value);
}

void Operation::produce_constant(Constant constant) {
  if (node_.outputs.empty()) broken("has no output");
  construction_.constants[node_.outputs[0]] = std::move(constant);
}

bool has_our_order(const Value& value) {
  switch (value.layout) {
    case Layout::kSameOrder:
      return true;
    case Layout::kChannelsFirst:
      return value.dims[1] == 1 || value.dims[2] * value.dims[3] == 1;
    case Layout::kFlattened:
      return value.image[0] == 1 || value.image[1] * value.image[2] == 1;
  }
  return false;
}

std::vector<std::size_t> channels_first_indices(const Dims& image) {
  const auto channels = static_cast<std::size_t>(image[0]);
  const auto cells = static_cast<std::size_t>(image[1] * image[2]);
  std::vector<std::size_t> indices;
  indices.reserve(channels * cells);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      indices.push_back(channel * cells + cell);
    }
  }
  return indices;
}

int to_int(const Operation& operation, std::int64_t value) {
  if (value < 0 || value > kMaxSize) {
    operation.broken("a size or padding of " + std::to_string(value) + " makes no sense");
  }
  return static_cast<int>(value);
}

}  // namespace visavis::onnx_graph
