#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "native/onnx/operation.h"

namespace visavis::onnx_graph {

/// Converts one operator of the ONNX specification (github.com/onnx/onnx, docs/Operators.md) with
/// computed inputs into layers of the network, or only relabels a value.
using Convert = void (*)(Operation&);

using Converters = std::map<std::string_view, Convert>;

/// Each file's operators.
const Converters& shape_converters();          // convert_shape.cpp
const Converters& selection_converters();      // convert_selection.cpp
const Converters& activation_converters();     // convert_activation.cpp
const Converters& arithmetic_converters();     // convert_arithmetic.cpp
const Converters& normalization_converters();  // convert_normalization.cpp
const Converters& window_converters();         // convert_window.cpp
const Converters& dense_converters();          // convert_dense.cpp

/// Null for an operator that cannot be converted.
Convert find_converter(const std::string& op);

/// All operators that can be converted, sorted.
std::vector<std::string> converter_names();

/// Computes the node during the import if its inputs are constants or it needs a shape only.
/// Returns whether it did.
bool fold_constant(Operation& operation);

}  // namespace visavis::onnx_graph
