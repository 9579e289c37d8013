#include "native/onnx/operation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.h"

namespace visavis::onnx_graph {
namespace {

constexpr std::int64_t kMaxInteger = 1 << 20;

std::size_t product(const Dims& dims, const std::vector<std::size_t>& order, std::size_t begin,
                    std::size_t end) {
  std::size_t count = 1;
  for (std::size_t i = begin; i < end; ++i) count *= static_cast<std::size_t>(dims[order[i]]);
  return count;
}

}  // namespace

const Value& Operation::value(std::size_t index) const {
  const std::string& name = input_name(index);
  const auto found = construction_.values.find(name);
  if (found != construction_.values.end()) return found->second;
  if (construction_.constants.contains(name)) {
    unsupported("takes the constant '" + name + "' where only a computed value is supported");
  }
  broken("input '" + name + "' is used before it exists");
}

bool Operation::is_value(std::size_t index) const {
  return has_input(index) && construction_.values.contains(node().inputs[index]);
}

ValueId Operation::reshaped(ValueId id, Shape shape) {
  if (shape_of(id) == shape) return id;
  // Back to the value that was reshaped before, where that is what is wanted.
  const Layer* producer = producer_of(id);
  if (producer != nullptr && (std::holds_alternative<Reshape>(producer->kind) ||
                              std::holds_alternative<Flatten>(producer->kind))) {
    return reshaped(producer->inputs[0], std::move(shape));
  }
  if (shape.size() == 1) return add("flatten", Flatten{}, {id});
  return add("reshape", Reshape{std::move(shape)}, {id});
}

ValueId Operation::arranged(const Value& value, const std::vector<std::size_t>& order,
                            Shape shape) {
  const std::vector<Factor> wanted = joined_factors(value.layout, order);
  if (wanted.empty() || (wanted.size() == 1 && wanted[0].stride == 1)) {
    return reshaped(value.id, std::move(shape));
  }
  const auto known = construction_.arranged.find({value.id, wanted});
  if (known != construction_.arranged.end()) return reshaped(known->second, std::move(shape));

  std::vector<Factor> given = wanted;
  std::sort(given.begin(), given.end(),
            [](const Factor& a, const Factor& b) { return a.stride > b.stride; });
  Shape factors;
  Transpose transpose;
  for (const Factor& factor : given) factors.push_back(factor.size);
  for (const Factor& factor : wanted) {
    const auto at = std::find(given.begin(), given.end(), factor);
    transpose.permutation.push_back(static_cast<int>(at - given.begin()));
  }
  if (factors.size() > 5) {
    unsupported("moves the elements of " + to_string(value.dims) +
                " in a way that more than five dimensions would be needed for");
  }
  const ValueId id = add("transpose", transpose, {reshaped(value.id, factors)});
  construction_.arranged[{value.id, wanted}] = id;
  return reshaped(id, std::move(shape));
}

ValueId Operation::as_image(const Value& value) {
  const std::size_t rank = value.dims.size();
  if ((rank != 4 && rank != 3) || value.dims[0] != 1) {
    unsupported("takes " + to_string(value.dims) + "; one image, channels first, is supported");
  }
  Shape shape = shape_in_order(value.dims, image_order(rank));
  if (rank == 4) shape.erase(shape.begin());  // The batch, which else stands for one row.
  return arranged(value, image_order(rank), shape);
}

AlongAxis Operation::along(const Value& value, std::size_t axis) {
  const std::size_t rank = value.dims.size();
  AlongAxis result;
  result.order = order_of(value.layout).value_or(natural_order(rank));
  // As the layers before and after have it, so that nothing is reshaped.
  for (const auto& plain : {image_order(std::max<std::size_t>(rank, 2)), natural_order(rank)}) {
    if (rank < 2 || rank > 6 || axis == 0 || value.dims[0] != 1) break;
    if (!lies_in_order(value.layout, plain)) continue;
    result.order = plain;
    result.shape = shape_in_order(value.dims, plain);
    result.shape.erase(result.shape.begin());
    const auto at = std::find(plain.begin(), plain.end(), axis);
    result.axis = static_cast<std::size_t>(at - plain.begin()) - 1;
    result.id = reshaped(value.id, result.shape);
    return result;
  }
  const auto at = static_cast<std::size_t>(
      std::find(result.order.begin(), result.order.end(), axis) - result.order.begin());
  result.shape = {product(value.dims, result.order, 0, at),
                  static_cast<std::size_t>(value.dims[axis]),
                  product(value.dims, result.order, at + 1, rank)};
  result.axis = 1;
  result.id = arranged(value, result.order, result.shape);
  return result;
}

ValueId Operation::add(const std::string& stem, LayerKind kind, std::vector<ValueId> inputs,
                       const std::map<std::string, Tensor>& parameters) {
  const std::string name = stem + std::to_string(++construction_.layers_of[stem]);
  const ValueId id = add_layer(construction_.network, name, std::move(kind), std::move(inputs));
  try {
    construction_.shapes = infer_shapes(construction_.network);
  } catch (const Error& error) {
    unsupported(std::string("cannot be expressed: ") + error.what());
  }
  for (const auto& [parameter, tensor] : parameters) {
    if (!std::all_of(tensor.begin(), tensor.end(), [](float v) { return std::isfinite(v); })) {
      broken("gives the network a weight that is not finite; export it again from sound weights");
    }
    construction_.parameters[name + "." + parameter] = tensor;
  }
  return id;
}

void Operation::note_normalised(ValueId from, ValueId id) {
  const auto found = construction_.normalised.find(from);
  if (found == construction_.normalised.end()) return;
  std::vector<std::string> nodes = found->second;
  const std::string& name = node().name.empty() ? node().outputs.at(0) : node().name;
  nodes.push_back(node().op + " '" + name + "'");
  construction_.normalised[id] = std::move(nodes);
}

void Operation::produce(Value value, std::size_t output) {
  if (output >= node().outputs.size()) broken("has no output");
  construction_.values[node().outputs[output]] = std::move(value);
}

void Operation::produce_constant(Constant constant, std::size_t output) {
  if (output >= node().outputs.size()) broken("has no output");
  construction_.constants[node().outputs[output]] = std::move(constant);
}

int to_int(const Operation& operation, std::int64_t value) {
  if (value < 0 || value > kMaxInteger) {
    operation.broken("a size or padding of " + std::to_string(value) + " makes no sense");
  }
  return static_cast<int>(value);
}

Shape shape_in_order(const Dims& dims, const std::vector<std::size_t>& order) {
  Shape shape;
  for (const std::size_t d : order) shape.push_back(static_cast<std::size_t>(dims[d]));
  return shape;
}

}  // namespace visavis::onnx_graph
