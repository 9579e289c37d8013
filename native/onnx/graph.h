#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error.h"

namespace visavis::onnx_graph {

/// ONNX dimensions, with the batch; -1 where the file gives a name or nothing.
using Dims = std::vector<std::int64_t>;

/// Whether all dimensions are known, and there are at most 2^28 elements.
bool is_sensible(const Dims& dims);

/// Number of elements of sensible dims.
std::size_t element_count(const Dims& dims);

/// "1x3x112x112", "?" for an unknown dimension, "scalar".
std::string to_string(const Dims& dims);

/// Numbered as ONNX does (TensorProto.DataType). Others than these are not read.
enum class ElementType {
  kUndefined = 0,  ///< Some exporters leave the type of an input out: float is meant.
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kBfloat16 = 16,
};

/// "float", "uint8", or "of element type 8".
std::string to_string(ElementType type);

/// Whether it is one of the above: a file may hold any number.
bool is_known(ElementType type);

/// A tensor that this program cannot read. That is an error only when an operator needs its values.
struct Unreadable {
  ErrorCode code = ErrorCode::kUnsupported;
  std::string problem;  ///< "has element type 8 (text)".
};

/// A constant: weights (float and narrower arrive as float), shapes, axes and flags (integers).
struct Constant {
  Dims dims;
  std::variant<std::vector<float>, std::vector<std::int64_t>, std::vector<double>, Unreadable>
      values;
  ElementType type = ElementType::kFloat;

  static Constant floats(Dims dims, std::vector<float> values);
  static Constant integers(Dims dims, std::vector<std::int64_t> values,
                           ElementType type = ElementType::kInt64);
  /// A list of int64.
  static Constant list(std::vector<std::int64_t> values);

  [[nodiscard]] bool is_integer() const { return values.index() == 1; }
};

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                               std::vector<float>, Constant>;

struct Node {
  std::string op;                   ///< "Conv"; of another domain than ONNX's own: "domain.Op".
  std::string name;                 ///< May be empty.
  std::vector<std::string> inputs;  ///< "" for an optional one that is left out.
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;
};

struct Input {
  std::string name;
  Dims dims;
  ElementType type = ElementType::kFloat;
};

/// What the importer needs of an ONNX file, free of protobuf: graph.cpp is the one place that knows
/// its classes.
struct Graph {
  std::vector<Node> nodes;  ///< In an order in which inputs come first.
  std::map<std::string, Constant> constants;
  std::vector<Input> inputs;  ///< Without the constants, which old files list here too.
  std::vector<std::string> outputs;
  std::int64_t opset = 0;
  std::string producer;  ///< "pytorch 1.10"
};

/// Reads an ONNX file. `source` names it in messages. Throws kInvalidArgument when it is not ONNX,
/// damaged or truncated. A tensor that cannot be read (text, complex numbers, sparse, kept outside
/// of the file) is Unreadable: who needs it says so.
Graph read_graph(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis::onnx_graph
