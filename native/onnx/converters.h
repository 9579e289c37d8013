#pragma once

#include "native/onnx/operation.h"

namespace visavis::onnx_graph {

/// Each takes one operator of the ONNX specification (github.com/onnx/onnx, docs/Operators.md) into
/// layers of the network, or does no more than to relabel a value's dimensions.
void convert_convolution(Operation& operation);          // Conv
void convert_max_pool(Operation& operation);             // MaxPool
void convert_average_pool(Operation& operation);         // AveragePool
void convert_global_average_pool(Operation& operation);  // GlobalAveragePool
void convert_global_max_pool(Operation& operation);      // GlobalMaxPool
void convert_reduce_mean(Operation& operation);          // ReduceMean over height and width

void convert_gemm(Operation& operation);     // Gemm
void convert_mat_mul(Operation& operation);  // MatMul

void convert_relu(Operation& operation);                 // Relu
void convert_prelu(Operation& operation);                // PRelu
void convert_leaky_relu(Operation& operation);           // LeakyRelu
void convert_sigmoid(Operation& operation);              // Sigmoid
void convert_add(Operation& operation);                  // Add
void convert_subtract(Operation& operation);             // Sub
void convert_multiply(Operation& operation);             // Mul
void convert_divide(Operation& operation);               // Div
void convert_batch_normalization(Operation& operation);  // BatchNormalization
void convert_lp_normalization(Operation& operation);     // LpNormalization

void convert_identity(Operation& operation);   // Identity, Dropout, Cast
void convert_reshape(Operation& operation);    // Reshape
void convert_flatten(Operation& operation);    // Flatten
void convert_squeeze(Operation& operation);    // Squeeze
void convert_unsqueeze(Operation& operation);  // Unsqueeze
void convert_transpose(Operation& operation);  // Transpose
void convert_concat(Operation& operation);     // Concat
void convert_pad(Operation& operation);        // Pad of the channels

/// Computes the node while importing if its inputs are constants, or it only asks for a shape.
/// False if there is more to it.
bool fold_constant(Operation& operation);

}  // namespace visavis::onnx_graph
