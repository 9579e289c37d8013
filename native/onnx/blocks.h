#pragma once

#include <string>
#include <vector>

#include "native/onnx/operation.h"
#include "native/onnx/semantics.h"

namespace visavis::onnx_graph {

/// Building blocks of the converters: each appends layers and returns the value that they produce.

/// A layer of the elements, in whatever order they lie.
Value elementwise(Operation& operation, const Value& value, const std::string& stem,
                  LayerKind kind);
Value applied(Operation& operation, const Value& value, Function function);

/// factor * x + offset.
Value scaled(Operation& operation, const Value& value, float factor, float offset);

/// A constant that broadcasts.
struct Weights {
  std::vector<float> values;
  Dims dims;
};
/// Input `index`, as the second operand of a node whose other is `value`. The value is repeated
/// (Expand) where the constant is larger.
Weights weights_for(Operation& operation, std::size_t index, Value& value);
/// scale * x + shift; written as a batch normalisation, which folding (core/model/model.h) merges
/// into the layer before.
Value affine(Operation& operation, const Value& value, const Weights& scale, const Weights& shift);
/// Parameters along the last dimension of the network's value: the value, reshaped if need be, and
/// the tables at that length.
ValueId with_channels(Operation& operation, const Value& value,
                      std::vector<std::vector<float>>& tables);
/// The table of `weights` along the network's value. Throws where they do not broadcast.
std::vector<float> table_of(Operation& operation, const Weights& weights, const Value& value);

/// Of two values that broadcast.
Value arithmetic(Operation& operation, ArithmeticOperation kind, const Value& a, const Value& b);

/// Other dims over the same elements.
Value with_dims(Operation& operation, const Value& value, const Dims& dims);
Value transposed(const Value& value, const std::vector<std::size_t>& permutation);

/// The mean or sum, the largest or the norm over axes.
Value reduce(Operation& operation, ReduceOperation kind, const Value& value,
             const Reduction& reduction);
Value largest(Operation& operation, const Value& value, const Reduction& reduction);

/// Result element i along `axis` is the sum of matrix[i * size + k] * element k: a pointwise
/// convolution of that axis.
Value along_axis(Operation& operation, const Value& value, std::size_t axis,
                 const std::vector<float>& matrix);
/// Chosen elements along an axis, none of them padding.
Value selected(Operation& operation, const Value& value, const Selection& selection);
/// A constant before and after the elements along an axis.
Value padded(Operation& operation, const Value& value, std::size_t axis, std::int64_t before,
             std::int64_t after, float fill);
Value expanded(Operation& operation, const Value& value, const Dims& dims);

}  // namespace visavis::onnx_graph
