#include "native/onnx/graph.h"

#include <onnx/onnx_pb.h>

#include <bit>
#include <climits>
#include <cstring>
#include <type_traits>
#include <utility>

#include "core/error.h"
#include "core/half.h"

namespace visavis::onnx_graph {
namespace {

constexpr std::size_t kMaxElements = 1U << 28U;

static_assert(std::endian::native == std::endian::little, "ONNX's raw_data is little-endian");

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::kInvalidArgument, what); }

/// Elements from raw_data (packed, little-endian) where there is any, from the typed field else.
template <class Stored, class Field, class Convert>
auto read_elements(const ::onnx::TensorProto& tensor, const Field& field, std::size_t count,
                   const std::string& where, const Convert& convert) {
  std::vector<std::invoke_result_t<Convert, Stored>> values(count);
  if (tensor.has_raw_data()) {
    if (tensor.raw_data().size() != count * sizeof(Stored)) {
      fail(where + " holds " + std::to_string(tensor.raw_data().size()) + " bytes where " +
           std::to_string(count * sizeof(Stored)) + " are needed; the file is damaged");
    }
    for (std::size_t i = 0; i < count; ++i) {
      Stored stored;
      std::memcpy(&stored, tensor.raw_data().data() + i * sizeof(Stored), sizeof(Stored));
      values[i] = convert(stored);
    }
    return values;
  }
  if (static_cast<std::size_t>(field.size()) != count) {
    fail(where + " holds " + std::to_string(field.size()) + " values where " +
         std::to_string(count) + " are needed; the file is damaged");
  }
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = convert(static_cast<Stored>(field[static_cast<int>(i)]));
  }
  return values;
}

Constant read_constant(const ::onnx::TensorProto& tensor, const std::string& where) {
  if (tensor.data_location() == ::onnx::TensorProto::EXTERNAL) {
    throw Error(ErrorCode::kUnsupported,
                where + " is kept in another file; save the model as one file first");
  }
  Constant constant;
  constant.dims.assign(tensor.dims().begin(), tensor.dims().end());
  if (!is_sensible(constant.dims)) {
    fail(where + " is of no sensible size: " + to_string(constant.dims));
  }
  const std::size_t count = element_count(constant.dims);
  const auto as_float = [](auto value) { return static_cast<float>(value); };
  const auto as_integer = [](auto value) { return static_cast<std::int64_t>(value); };
  switch (tensor.data_type()) {
    case ::onnx::TensorProto::FLOAT:
      constant.values = read_elements<float>(tensor, tensor.float_data(), count, where, as_float);
      break;
    case ::onnx::TensorProto::DOUBLE:
      constant.values = read_elements<double>(tensor, tensor.double_data(), count, where, as_float);
      break;
    case ::onnx::TensorProto::FLOAT16:
      constant.values =
          read_elements<std::uint16_t>(tensor, tensor.int32_data(), count, where, float_from_half);
      break;
    case ::onnx::TensorProto::INT64:
      constant.values =
          read_elements<std::int64_t>(tensor, tensor.int64_data(), count, where, as_integer);
      break;
    case ::onnx::TensorProto::INT32:
      constant.values =
          read_elements<std::int32_t>(tensor, tensor.int32_data(), count, where, as_integer);
      break;
    default:
      throw Error(ErrorCode::kUnsupported,
                  where + " has element type " + std::to_string(tensor.data_type()) +
                      "; float, double, float16, int32 and int64 are read (no quantised weights)");
  }
  return constant;
}

/// Attributes of other types (sub-graphs, ..) belong to operators that are refused by name anyway.
void read_attribute(const ::onnx::AttributeProto& attribute, const std::string& where, Node& node) {
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
      value = read_constant(attribute.t(), where + ": constant of attribute " + attribute.name());
      break;
    default:
      node.attributes.erase(attribute.name());
  }
}

Node read_node(const ::onnx::NodeProto& proto, const std::string& source) {
  Node node;
  const bool is_standard = proto.domain().empty() || proto.domain() == "ai.onnx";
  node.op = is_standard ? proto.op_type() : proto.domain() + "." + proto.op_type();
  node.name = proto.name();
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  for (const ::onnx::AttributeProto& attribute : proto.attribute()) {
    read_attribute(attribute, source, node);
  }
  return node;
}

Input read_input(const ::onnx::ValueInfoProto& proto) {
  Input input{proto.name(), {}};
  for (const auto& dimension : proto.type().tensor_type().shape().dim()) {
    input.dims.push_back(
        dimension.has_dim_value() && dimension.dim_value() > 0 ? dimension.dim_value() : -1);
  }
  return input;
}

::onnx::ModelProto parse(std::span<const std::uint8_t> bytes, const std::string& source) {
  if (bytes.empty()) fail(source + ": the file is empty; export or download it again");
  ::onnx::ModelProto model;
  const bool is_parsed =
      bytes.size() <= INT_MAX && model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  // Field 1 of an ONNX file, its version, is a varint: the first byte is 8 in every real one.
  if (!is_parsed && bytes[0] == 8) {
    fail(source + ": the ONNX file is damaged or truncated; export or download it again");
  }
  if (!is_parsed || model.ir_version() <= 0 || !model.has_graph()) {
    fail(source + ": is no ONNX file; export the network to ONNX first");
  }
  if (model.graph().node_size() == 0) fail(source + ": the ONNX file holds no network");
  return model;
}

}  // namespace

bool is_sensible(const Dims& dims) {
  std::size_t room = kMaxElements;
  for (const std::int64_t dimension : dims) {
    if (dimension < 0) return false;
    if (dimension == 0) return true;
    room /= static_cast<std::size_t>(dimension);
  }
  return room > 0;
}

std::size_t element_count(const Dims& dims) {
  std::size_t count = 1;
  for (const std::int64_t dimension : dims) count *= static_cast<std::size_t>(dimension);
  return count;
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
    fail(source + ": the ONNX file is damaged or truncated; export or download it again");
  }
  if (proto.sparse_initializer_size() > 0) {
    throw Error(ErrorCode::kUnsupported, source + ": sparse weights are not supported");
  }
  for (const ::onnx::TensorProto& tensor : proto.initializer()) {
    graph.constants[tensor.name()] =
        read_constant(tensor, source + ": tensor '" + tensor.name() + "'");
  }
  for (const ::onnx::NodeProto& node : proto.node()) {
    graph.nodes.push_back(read_node(node, source));
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
