#include "native/onnx/graph.h"

#include <onnx/onnx_pb.h>

#include <bit>
#include <climits>
#include <cstring>
#include <type_traits>
#include <utility>

#include "core/base/checked_product.h"
#include "core/base/error.h"
#include "core/base/half.h"

namespace visavis::onnx_graph {
namespace {

constexpr std::uint64_t kMaxElements = 1U << 28U;

static_assert(std::endian::native == std::endian::little, "ONNX's raw_data is little-endian");

/// Elements from raw_data (packed, little-endian) where there is any, from the typed field else.
template <class Stored, class Field, class Convert>
auto read_elements(const ::onnx::TensorProto& tensor, const Field& field, std::size_t count,
                   const Convert& convert) {
  std::vector<std::invoke_result_t<Convert, Stored>> values;
  if (tensor.has_raw_data()) {
    if (tensor.raw_data().size() != count * sizeof(Stored)) {
      refuse("holds " + std::to_string(tensor.raw_data().size()) + " bytes where " +
             std::to_string(count * sizeof(Stored)) + " are needed; the file is damaged");
    }
    values.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      Stored stored;
      std::memcpy(&stored, tensor.raw_data().data() + i * sizeof(Stored), sizeof(Stored));
      values[i] = convert(stored);
    }
    return values;
  }
  if (static_cast<std::size_t>(field.size()) != count) {
    refuse("holds " + std::to_string(field.size()) + " values where " + std::to_string(count) +
           " are needed; the file is damaged");
  }
  values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = convert(static_cast<Stored>(field[static_cast<int>(i)]));
  }
  return values;
}

/// Where a field of 32-bit numbers holds smaller ones, each in the low bits of its own.
template <class Stored>
std::vector<std::int64_t> read_integers(const ::onnx::TensorProto& tensor, std::size_t count) {
  const auto as_integer = [](auto value) { return static_cast<std::int64_t>(value); };
  if constexpr (std::is_same_v<Stored, std::int64_t>) {
    return read_elements<Stored>(tensor, tensor.int64_data(), count, as_integer);
  } else if constexpr (std::is_same_v<Stored, std::uint64_t> ||
                       std::is_same_v<Stored, std::uint32_t>) {
    return read_elements<Stored>(tensor, tensor.uint64_data(), count, as_integer);
  } else {
    return read_elements<Stored>(tensor, tensor.int32_data(), count, as_integer);
  }
}

float float_from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

/// The values; the type is that of the file but for the narrow floats, which become float.
void read_values(const ::onnx::TensorProto& tensor, std::size_t count, Constant& constant) {
  const auto same = [](auto value) { return value; };
  constant.type = static_cast<ElementType>(tensor.data_type());
  switch (constant.type) {
    case ElementType::kUndefined:
      break;
    case ElementType::kFloat:
      constant.values = read_elements<float>(tensor, tensor.float_data(), count, same);
      return;
    case ElementType::kDouble:
      constant.values = read_elements<double>(tensor, tensor.double_data(), count, same);
      return;
    case ElementType::kFloat16:
    case ElementType::kBfloat16: {
      const bool is_half = constant.type == ElementType::kFloat16;
      constant.values = read_elements<std::uint16_t>(
          tensor, tensor.int32_data(), count, is_half ? float_from_half : float_from_bfloat16);
      constant.type = ElementType::kFloat;
      return;
    }
    case ElementType::kInt64:
      constant.values = read_integers<std::int64_t>(tensor, count);
      return;
    case ElementType::kInt32:
      constant.values = read_integers<std::int32_t>(tensor, count);
      return;
    case ElementType::kInt16:
      constant.values = read_integers<std::int16_t>(tensor, count);
      return;
    case ElementType::kInt8:
      constant.values = read_integers<std::int8_t>(tensor, count);
      return;
    case ElementType::kUint64:
      constant.values = read_integers<std::uint64_t>(tensor, count);
      return;
    case ElementType::kUint32:
      constant.values = read_integers<std::uint32_t>(tensor, count);
      return;
    case ElementType::kUint16:
      constant.values = read_integers<std::uint16_t>(tensor, count);
      return;
    case ElementType::kUint8:
    case ElementType::kBool:
      constant.values = read_integers<std::uint8_t>(tensor, count);
      return;
  }
  constant.values =
      Unreadable{ErrorCode::kUnsupported, "is " + to_string(constant.type) +
                                              ", which is not read; only numbers are supported"};
}

/// Never throws: what is wrong with a tensor only matters to who reads it.
Constant read_constant(const ::onnx::TensorProto& tensor) {
  Constant constant;
  constant.dims.assign(tensor.dims().begin(), tensor.dims().end());
  if (tensor.data_location() == ::onnx::TensorProto::EXTERNAL) {
    constant.values = Unreadable{ErrorCode::kUnsupported,
                                 "is kept in another file; save the model as one file first"};
  } else if (!is_sensible(constant.dims)) {
    constant.values = Unreadable{ErrorCode::kInvalidArgument,
                                 "is of no sensible size: " + to_string(constant.dims)};
  } else {
    try {
      read_values(tensor, element_count(constant.dims), constant);
    } catch (const Error& error) {
      constant.values = Unreadable{error.code(), error.what()};
    }
  }
  return constant;
}

/// Attributes of other types (sub-graphs, ..) belong to operators that are refused by name anyway.
void read_attribute(const ::onnx::AttributeProto& attribute, Node& node) {
  Attribute& value = node.attributes[attribute.name()];
  switch (attribute.type()) {
    case ::onnx::AttributeProto::INT:
      value = static_cast<std::int64_t>(attribute.i());
      break;
    case ::onnx::AttributeProto::FLOAT:
      value = attribute.f();
      break;
    case ::onnx::AttributeProto::STRING:
      value = attribute.s();
      break;
    case ::onnx::AttributeProto::INTS:
      value = std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end());
      break;
    case ::onnx::AttributeProto::FLOATS:
      value = std::vector<float>(attribute.floats().begin(), attribute.floats().end());
      break;
    case ::onnx::AttributeProto::TENSOR:
      value = read_constant(attribute.t());
      break;
    default:
      node.attributes.erase(attribute.name());
  }
}

Node read_node(const ::onnx::NodeProto& proto) {
  Node node;
  const bool is_standard = proto.domain().empty() || proto.domain() == "ai.onnx";
  node.op = is_standard ? proto.op_type() : proto.domain() + "." + proto.op_type();
  node.name = proto.name();
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  for (const ::onnx::AttributeProto& attribute : proto.attribute()) {
    read_attribute(attribute, node);
  }
  return node;
}

Input read_input(const ::onnx::ValueInfoProto& proto) {
  Input input{proto.name(), {}, static_cast<ElementType>(proto.type().tensor_type().elem_type())};
  for (const auto& dimension : proto.type().tensor_type().shape().dim()) {
    input.dims.push_back(
        dimension.has_dim_value() && dimension.dim_value() > 0 ? dimension.dim_value() : -1);
  }
  return input;
}

::onnx::ModelProto parse(std::span<const std::uint8_t> bytes, const std::string& source) {
  if (bytes.empty()) refuse(source + ": the file is empty; export or download it again");
  ::onnx::ModelProto model;
  const bool is_parsed =
      bytes.size() <= INT_MAX && model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  // Field 1 of an ONNX file, its version, is a varint: the first byte is 8 in every real one.
  if (!is_parsed && bytes[0] == 8) {
    refuse(source + ": the ONNX file is damaged or truncated; export or download it again");
  }
  if (!is_parsed || model.ir_version() <= 0 || !model.has_graph()) {
    refuse(source + ": is no ONNX file; export the network to ONNX first");
  }
  if (model.graph().node_size() == 0) refuse(source + ": the ONNX file holds no network");
  return model;
}

}  // namespace

bool is_sensible(const Dims& dims) { return checked_product(dims, kMaxElements).has_value(); }

std::size_t element_count(const Dims& dims) {
  const auto count = checked_product(dims, kMaxElements);
  if (!count) {
    throw Error(ErrorCode::kInvalidArgument,
                "a tensor of " + to_string(dims) + " elements is of no sensible size");
  }
  return static_cast<std::size_t>(*count);
}

std::string to_string(ElementType type) {
  switch (type) {
    case ElementType::kUndefined:
      return "undefined";
    case ElementType::kFloat:
      return "float";
    case ElementType::kUint8:
      return "uint8";
    case ElementType::kInt8:
      return "int8";
    case ElementType::kUint16:
      return "uint16";
    case ElementType::kInt16:
      return "int16";
    case ElementType::kInt32:
      return "int32";
    case ElementType::kInt64:
      return "int64";
    case ElementType::kBool:
      return "bool";
    case ElementType::kFloat16:
      return "float16";
    case ElementType::kDouble:
      return "double";
    case ElementType::kUint32:
      return "uint32";
    case ElementType::kUint64:
      return "uint64";
    case ElementType::kBfloat16:
      return "bfloat16";
  }
  return "of element type " + std::to_string(static_cast<int>(type));
}

bool is_known(ElementType type) { return !to_string(type).starts_with("of element type"); }

Constant Constant::floats(Dims dims, std::vector<float> values) {
  return {std::move(dims), std::move(values), ElementType::kFloat};
}

Constant Constant::integers(Dims dims, std::vector<std::int64_t> values, ElementType type) {
  return {std::move(dims), std::move(values), type};
}

Constant Constant::list(std::vector<std::int64_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return integers({count}, std::move(values));
}

std::string to_string(const Dims& dims) {
  if (dims.empty()) return "scalar";
  std::string text;
  for (const std::int64_t dimension : dims) {
    if (!text.empty()) text += 'x';
    text += dimension < 0 ? "?" : std::to_string(dimension);
  }
  return text;
}

Graph read_graph(std::span<const std::uint8_t> bytes, const std::string& source) {
  const ::onnx::ModelProto model = parse(bytes, source);
  const ::onnx::GraphProto& proto = model.graph();
  Graph graph;
  graph.producer = model.producer_name();
  if (!model.producer_version().empty()) graph.producer += " " + model.producer_version();
  for (const auto& opset : model.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") graph.opset = opset.version();
  }
  if (graph.opset == 0) {  // Every file names it, after the network.
    refuse(source + ": the ONNX file is damaged or truncated; export or download it again");
  }
  for (const ::onnx::SparseTensorProto& tensor : proto.sparse_initializer()) {
    graph.constants[tensor.values().name()] = {
        {tensor.dims().begin(), tensor.dims().end()},
        Unreadable{ErrorCode::kUnsupported, "is sparse; save its weights as a dense tensor"}};
  }
  for (const ::onnx::TensorProto& tensor : proto.initializer()) {
    graph.constants[tensor.name()] = read_constant(tensor);
  }
  for (const ::onnx::NodeProto& node : proto.node()) {
    graph.nodes.push_back(read_node(node));
  }
  for (const ::onnx::ValueInfoProto& input : proto.input()) {
    if (!graph.constants.contains(input.name())) graph.inputs.push_back(read_input(input));
  }
  for (const ::onnx::ValueInfoProto& output : proto.output()) {
    graph.outputs.push_back(output.name());
  }
  return graph;
}

}  // namespace visavis::onnx_graph
