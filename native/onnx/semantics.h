#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/network/network_spec.h"
#include "native/onnx/node_reader.h"

namespace visavis::onnx_graph {

/// What attributes and constant inputs of an operator mean for a tensor of `dims`, over all opsets:
/// shared by the converters and by the evaluator of constants.

/// Result of Reshape.
Dims reshape_target(const NodeReader& node, const Dims& dims);
/// Result of Flatten.
Dims flatten_target(const NodeReader& node, const Dims& dims);
/// Result of Squeeze.
Dims squeeze_target(const NodeReader& node, const Dims& dims);
/// Result of Unsqueeze.
Dims unsqueeze_target(const NodeReader& node, const Dims& dims);
/// Result of Expand: a broadcast of both shapes.
Dims expand_target(const NodeReader& node, const Dims& dims);

/// Of Transpose: dimension i of the result is dimension [i] of the input.
std::vector<std::size_t> permutation_of(const NodeReader& node, std::size_t rank);

/// Dims of a broadcast of both. Throws where they do not fit.
Dims broadcast(const NodeReader& node, const Dims& a, const Dims& b);

/// Dims of the second operand of Add and its kin, with the ones that an `axis` (before opset 7)
/// stands for.
Dims second_operand_dims(const NodeReader& node, const Dims& a, const Dims& b);

/// Dims of the slope of PRelu, so that it broadcasts to `dims`. [c] goes along the channels where
/// it cannot go along the last dimension: that is what files from MXNet, and those before opset 7,
/// mean.
Dims slope_dims(const NodeReader& node, const Dims& slope, const Dims& dims);

/// Elements along one axis: source[i] is the input's index of the result's i. -1 is padding.
struct Selection {
  std::size_t axis = 0;
  Dims source;
};

/// Of Slice, one for each axis that it names.
std::vector<Selection> slices_of(const NodeReader& node, const Dims& dims);
/// Of Pad, one for each axis that is padded; in the mode "constant" -1 stands for pad_value.
std::vector<Selection> pads_of(const NodeReader& node, const Dims& dims);
float pad_value(const NodeReader& node);
/// Of Split, one for each output.
std::vector<Selection> split_of(const NodeReader& node, const Dims& dims);
/// Of Tile, one for each axis that is repeated.
std::vector<Selection> tiles_of(const NodeReader& node, const Dims& dims);

/// Of Gather: the indices, from the start, and the result's dims.
Dims gathered_indices(const NodeReader& node, std::int64_t size);
Dims gathered_dims(const NodeReader& node, const Dims& dims, std::size_t axis);

/// What Shape gives (opset 15 names a part).
Dims shape_part(const NodeReader& node, const Dims& dims);

/// DepthToSpace and SpaceToDepth: reshape to `split`, transpose, reshape to `dims`.
struct BlockMove {
  Dims split;
  std::vector<std::size_t> permutation;
  Dims dims;
};
BlockMove block_move(const NodeReader& node, const Dims& dims);

/// Axes of a Reduce*, ascending; all where none are named. `is_noop` where that means none.
struct Reduction {
  std::vector<std::size_t> axes;
  bool keeps_dims = true;
  bool is_noop = false;
};
Reduction reduction_of(const NodeReader& node, const Dims& dims);
/// Dims after it.
Dims reduced(const Dims& dims, const Reduction& reduction);

/// First axis of Softmax and its kin, and whether it reaches to the last (before opset 13).
struct SoftmaxAxes {
  std::size_t axis = 0;
  bool to_the_last = false;
};
SoftmaxAxes softmax_axes(const NodeReader& node, std::size_t rank);

/// first, first + 1, .. end - 1.
std::vector<std::size_t> axes_from(std::size_t first, std::size_t end);

/// Throws unless it is the inference form.
void check_batch_normalization(const NodeReader& node);

/// Throws unless the constant input has one value per channel of `dims`, which are [n, c, ..].
void check_channel_values(const NodeReader& node, std::size_t index, const Dims& dims);

/// Of LRN: x / (bias + factor * sum of squares of the channels it reaches)^beta.
struct LocalResponse {
  double bias = 1;
  double factor = 0;
  double beta = 0.75;
  std::int64_t before = 0;  ///< Channels before its own that it reaches ..
  std::int64_t after = 0;   ///< .. and after.
  [[nodiscard]] bool reaches(std::size_t channel, std::size_t other) const;
};
LocalResponse local_response(const NodeReader& node, const Dims& dims);

/// Of MatMul: matrices along the last two dims, a list counting as a row or column of its own.
struct MatrixSizes {
  Dims a_batch, b_batch, batch;  ///< The dims before them, and their broadcast.
  std::int64_t rows = 1, depth = 1, columns = 1;
  Dims result;
};
MatrixSizes matrix_sizes(const NodeReader& node, const Dims& a, const Dims& b);

/// Groups of a Conv whose filter fits its input. Throws otherwise.
std::int64_t convolution_groups(const NodeReader& node, const Dims& image, const Dims& filter);

/// Throws where a pool gives more than its values.
void check_pool(const NodeReader& node);

/// A window over the spatial dimensions (from 2 on), in ONNX's order: all begins before all ends.
struct SpatialWindow {
  Dims kernel;
  Dims strides;
  Dims dilations;
  Dims begins;  ///< Padding before ..
  Dims ends;    ///< .. and after, which the file names.
  Dims extra;   ///< More after it, so that a size that is rounded up (ceil_mode) fits.
  Dims outputs;
};
/// Of Conv and the pools. `kernel` stands in where the node does not name it.
SpatialWindow window_of(const NodeReader& node, const Dims& dims, const Dims& kernel);

/// How one axis is resized (Resize, Upsample): result pixel i is the sum of `weights` times the
/// pixels `sources`.
struct ResizedAxis {
  struct Tap {
    std::int64_t source = 0;
    float weight = 0;
  };
  std::size_t axis = 0;
  std::vector<std::vector<Tap>> taps;  ///< By result pixel.
};
struct ResizePlan {
  Dims dims;                      ///< Of the result.
  std::vector<ResizedAxis> axes;  ///< Those that change.
  std::string mode;               ///< "nearest", "linear" or "cubic".
  /// The one of our methods that does the same to an image; most often there is one.
  [[nodiscard]] std::optional<ResizeMethod> method(const Dims& from) const;
};
ResizePlan resize_of(const NodeReader& node, const Dims& dims);

}  // namespace visavis::onnx_graph
