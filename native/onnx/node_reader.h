#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "native/onnx/graph.h"

namespace visavis::onnx_graph {

using Constants = std::map<std::string, Constant>;

/// Typed access to the attributes and constant inputs of one node, and messages that name operator,
/// node and file. Everything throws kUnsupported for what is not supported, kInvalidArgument for a
/// broken graph.
class NodeReader {
 public:
  /// `source` names the file. All are kept by reference.
  NodeReader(const Node& node, const std::string& source, std::int64_t opset,
             const Constants& constants)
      : node_(node), source_(source), opset_(opset), constants_(constants) {}

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[noreturn]] void unsupported(const std::string& what) const;
  [[noreturn]] void broken(const std::string& what) const;

  [[nodiscard]] const Attribute* attribute(const char* name) const;
  [[nodiscard]] std::int64_t integer(const char* name, std::int64_t otherwise) const;
  [[nodiscard]] float real(const char* name, float otherwise) const;
  [[nodiscard]] std::string text(const char* name, const std::string& otherwise) const;
  [[nodiscard]] Dims integers(const char* name, const Dims& otherwise) const;
  [[nodiscard]] std::vector<float> reals(const char* name,
                                         const std::vector<float>& otherwise) const;

  [[nodiscard]] std::size_t input_count() const { return node_.inputs.size(); }
  [[nodiscard]] bool has_input(std::size_t index) const;
  /// Throws where it is missing.
  [[nodiscard]] const std::string& input_name(std::size_t index) const;
  [[nodiscard]] bool is_constant(std::size_t index) const;
  /// Readable, that is.
  [[nodiscard]] const Constant& constant(std::size_t index) const;
  /// Values of a float constant, double ones narrowed. All finite.
  [[nodiscard]] std::vector<float> weights(std::size_t index) const;
  /// Values of a float constant that may be infinite: limits.
  [[nodiscard]] std::vector<float> numbers(std::size_t index) const;
  /// The one value of a float or integer constant.
  [[nodiscard]] float number(std::size_t index) const;
  [[nodiscard]] const Dims& constant_integers(std::size_t index) const;
  /// Of an attribute in old files, of input `index` in new ones.
  [[nodiscard]] Dims integers_or_input(const char* name, std::size_t index,
                                       const Dims& otherwise) const;
  [[nodiscard]] float real_or_input(const char* name, std::size_t index, float otherwise) const;

  /// ONNX counts negative axes from the end.
  [[nodiscard]] std::size_t axis(std::int64_t given, std::size_t rank) const;
  /// Ascending and without repeats.
  [[nodiscard]] std::vector<std::size_t> axes(const Dims& given, std::size_t rank) const;

 protected:
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  [[nodiscard]] std::string where() const;

  const Node& node_;
  const std::string& source_;
  std::int64_t opset_;
  const Constants& constants_;
};

}  // namespace visavis::onnx_graph
