#include "native/onnx/converters.h"

#include <algorithm>

#include "native/onnx/evaluate.h"
#include "native/onnx/semantics.h"

namespace visavis::onnx_graph {
namespace {

std::vector<const Converters*> all_converters() {
  return {&shape_converters(),      &selection_converters(),     &activation_converters(),
          &arithmetic_converters(), &normalization_converters(), &window_converters(),
          &dense_converters()};
}

}  // namespace

Convert find_converter(const std::string& op) {
  for (const Converters* table : all_converters()) {
    const auto found = table->find(op);
    if (found != table->end()) return found->second;
  }
  return nullptr;
}

std::vector<std::string> converter_names() {
  std::vector<std::string> names;
  for (const Converters* table : all_converters()) {
    for (const auto& [name, convert] : *table) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool fold_constant(Operation& operation) {
  const Node& node = operation.node();
  if ((node.op == "Shape" || node.op == "Size") && operation.is_value(0)) {
    const Dims& dims = operation.value(0).dims;
    operation.produce_constant(
        node.op == "Shape"
            ? Constant::list(shape_part(operation, dims))
            : Constant::integers({}, {static_cast<std::int64_t>(element_count(dims))}));
    return true;
  }
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (operation.is_value(i)) return false;
  }
  if (!can_evaluate(node.op)) return false;
  const std::vector<Constant> results = evaluate(operation);
  for (std::size_t i = 0; i < results.size() && i < node.outputs.size(); ++i) {
    operation.produce_constant(results[i], i);
  }
  return true;
}

}  // namespace visavis::onnx_graph
