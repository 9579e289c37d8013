#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

namespace visavis {

/// Writes small ONNX files for the importer's tests.
class OnnxBuilder {
 public:
  /// Dimensions with the batch; 0 leaves one open.
  explicit OnnxBuilder(const std::vector<std::int64_t>& input_dims) {
    model_.set_ir_version(7);
    model_.set_producer_name("test");
    model_.add_opset_import()->set_version(12);
    add_input("x", input_dims);
  }

  void add_input(const std::string& name, const std::vector<std::int64_t>& dims) {
    auto* input = graph().add_input();
    input->set_name(name);
    auto* type = input->mutable_type()->mutable_tensor_type();
    for (const std::int64_t dim : dims) {
      auto* dimension = type->mutable_shape()->add_dim();
      if (dim > 0) dimension->set_dim_value(dim);
    }
  }

  /// The node, for attributes; the output has the node's name.
  onnx::NodeProto& node(const std::string& op, const std::string& name,
                        const std::vector<std::string>& inputs) {
    auto* node = graph().add_node();
    node->set_op_type(op);
    node->set_name(name);
    for (const std::string& input : inputs) node->add_input(input);
    node->add_output(name);
    return *node;
  }

  onnx::TensorProto& constant(const std::string& name, const std::vector<std::int64_t>& dims,
                              const std::vector<float>& values) {
    auto* tensor = graph().add_initializer();
    tensor->set_name(name);
    for (const std::int64_t dim : dims) tensor->add_dims(dim);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    for (const float value : values) tensor->add_float_data(value);
    return *tensor;
  }

  void integers(const std::string& name, const std::vector<std::int64_t>& values) {
    auto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->add_dims(static_cast<std::int64_t>(values.size()));
    tensor->set_data_type(onnx::TensorProto::INT64);
    for (const std::int64_t value : values) tensor->add_int64_data(value);
  }

  void output(const std::string& name) { graph().add_output()->set_name(name); }
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  onnx::ModelProto& model() { return model_; }

  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    const std::string text = model_.SerializeAsString();
    return {text.begin(), text.end()};
  }

 private:
  onnx::ModelProto model_;
};

inline void set_integer(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::INT);
  attribute->set_i(value);
}

inline void set_integers(onnx::NodeProto& node, const std::string& name,
                         const std::vector<std::int64_t>& values) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute->add_ints(value);
}

inline void set_real(onnx::NodeProto& node, const std::string& name, float value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::FLOAT);
  attribute->set_f(value);
}

inline void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::STRING);
  attribute->set_s(value);
}

}  // namespace visavis
