#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace visavis::onnx_graph {

/// ONNX dimensions, with the batch; -1 where the file gives a name or nothing.
using Dims = std::vector<std::int64_t>;

/// Whether all dimensions are known, and there are at most 2^28 elements.
bool is_sensible(const Dims& dims);

/// Number of elements of sensible dims.
std::size_t element_count(const Dims& dims);

/// "1x3x112x112", "?" for an unknown dimension, "scalar".
std::string to_string(const Dims& dims);

/// A constant: weights (float, double and float16 arrive as float) or integers (shapes, axes).
struct Constant {
  Dims dims;
  std::variant<std::vector<float>, std::vector<std::int64_t>> values;

  [[nodiscard]] bool is_float() const { return values.index() == 0; }
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
/// damaged or truncated, kUnsupported for weights kept outside of the file, for quantised or sparse
/// ones.
Graph read_graph(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis::onnx_graph
