#pragma once

#include <algorithm>
#include <cereal/cereal.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/model/model.h"

/// How the parts of a model stand in an archive. Field order is the file format: a change needs a
/// new kModelFormatVersion, and a branch here that still reads the old one.

namespace cereal {

// Instead of cereal/types/*.hpp, whose load functions believe the size they read and allocate it at
// once. These grow as bytes arrive: a size that lies runs into the end of the file instead.

template <class Archive>
void save(Archive& archive, const std::string& text) {
  archive(static_cast<std::uint64_t>(text.size()), binary_data(text.data(), text.size()));
}

template <class Archive>
void load(Archive& archive, std::string& text) {
  constexpr std::uint64_t kChunk = 4096;
  std::uint64_t left = 0;
  archive(left);
  text.clear();
  while (left > 0) {
    const auto chunk = static_cast<std::size_t>(std::min(left, kChunk));
    text.resize(text.size() + chunk);
    archive(binary_data(text.data() + text.size() - chunk, chunk));
    left -= chunk;
  }
}

template <class Archive, class T>
void save(Archive& archive, const std::vector<T>& items) {
  archive(static_cast<std::uint64_t>(items.size()));
  for (const T& item : items) archive(item);
}

template <class Archive, class T>
void load(Archive& archive, std::vector<T>& items) {
  std::uint64_t count = 0;
  archive(count);
  items.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    T item{};
    archive(item);
    items.push_back(std::move(item));
  }
}

/// A Shape: std::size_t has 4 bytes in WebAssembly and 8 elsewhere.
template <class Archive>
void save(Archive& archive, const std::vector<std::size_t>& shape) {
  archive(std::vector<std::int64_t>(shape.begin(), shape.end()));
}

template <class Archive>
void load(Archive& archive, std::vector<std::size_t>& shape) {
  std::vector<std::int64_t> dimensions;
  archive(dimensions);
  for (const std::int64_t dimension : dimensions) {
    if (dimension < 0 || dimension > std::numeric_limits<std::int32_t>::max()) {
      throw Exception("a dimension of " + std::to_string(dimension));
    }
  }
  shape.assign(dimensions.begin(), dimensions.end());
}

template <class Archive>
void serialize(Archive& archive, std::pair<std::string, std::string>& pair) {
  archive(pair.first, pair.second);
}

}  // namespace cereal

namespace visavis {

/// A bool as a byte: reading any other byte straight into a bool would be undefined.
template <class Archive>
void serialize_flag(Archive& archive, bool& flag) {
  std::uint8_t byte = flag ? 1 : 0;
  archive(byte);
  flag = byte != 0;
}

template <class Archive>
void serialize(Archive& archive, Padding& p) {
  archive(p.top, p.bottom, p.left, p.right);
}

template <class Archive>
void serialize(Archive& archive, Window& w) {
  archive(w.kernel_height, w.kernel_width, w.stride_height, w.stride_width, w.dilation_height,
          w.dilation_width, w.padding);
}

template <class Archive>
void serialize(Archive& archive, Convolution& c) {
  archive(c.window, c.out_channels, c.groups);
  serialize_flag(archive, c.has_bias);
}

template <class Archive>
void serialize(Archive& archive, DepthwiseConvolution& c) {
  archive(c.window);
  serialize_flag(archive, c.has_bias);
}

template <class Archive>
void serialize(Archive& archive, FullyConnected& f) {
  archive(f.out_features);
  serialize_flag(archive, f.has_bias);
}

template <class Archive>
void serialize(Archive& archive, MaxPool& p) {
  archive(p.window);
}

template <class Archive>
void serialize(Archive& archive, AveragePool& p) {
  archive(p.window);
}

template <class Archive>
void serialize(Archive& archive, BatchNormalization& b) {
  archive(b.epsilon);
}

template <class Archive>
void serialize(Archive& archive, ChannelPad& p) {
  archive(p.before, p.after);
}

template <class Archive>
void serialize(Archive& archive, Reshape& r) {
  archive(r.shape);
}

template <class Archive>
void serialize(Archive& archive, Concatenate& c) {
  archive(c.axis);
}

template <class Archive>
void serialize(Archive& archive, L2Normalize& n) {
  archive(n.epsilon);
}

template <class Archive>
void serialize(Archive& archive, Dropout& d) {
  archive(d.rate);
}

template <class Archive>
void serialize(Archive& archive, Clip& c) {
  archive(c.min, c.max);
}

template <class Archive>
void serialize(Archive& archive, LeakyRelu& l) {
  archive(l.slope);
}

template <class Archive>
void serialize(Archive& archive, HardSigmoid& h) {
  archive(h.slope, h.offset);
}

/// A choice as a byte. Only a known one is taken: another would be undefined to hold.
template <class Archive, class Choice>
void serialize_choice(Archive& archive, Choice& choice, Choice last) {
  auto byte = static_cast<std::uint8_t>(choice);
  archive(byte);
  if (byte > static_cast<std::uint8_t>(last)) {
    throw cereal::Exception("a choice of number " + std::to_string(byte) + ", which is unknown");
  }
  choice = static_cast<Choice>(byte);
}

template <class Archive>
void serialize(Archive& archive, Elementwise& e) {
  serialize_choice(archive, e.function, Function::kGelu);
}

template <class Archive>
void serialize(Archive& archive, Arithmetic& a) {
  serialize_choice(archive, a.operation, ArithmeticOperation::kMinimum);
}

template <class Archive>
void serialize(Archive& archive, Reduce& r) {
  serialize_choice(archive, r.operation, ReduceOperation::kSum);
  archive(r.axes);
}

template <class Archive>
void serialize(Archive& archive, Transpose& t) {
  archive(t.permutation);
}

template <class Archive>
void serialize(Archive& archive, Slice& s) {
  archive(s.start, s.size);
}

template <class Archive>
void serialize(Archive& archive, Pad& p) {
  archive(p.before, p.after, p.value);
}

template <class Archive>
void serialize(Archive& archive, Resize& r) {
  archive(r.height, r.width);
  serialize_choice(archive, r.method, ResizeMethod::kLinearAsymmetric);
}

// Kinds without fields: nothing but their number in the file.
template <class Archive>
void serialize(Archive&, OneOf<GlobalMaxPool, GlobalAveragePool, Relu, Prelu, Sigmoid, Add,
                               Multiply, Flatten, HardSwish, Softmax> auto&) {}

template <class Archive, std::size_t I>
void load_kind(Archive& archive, LayerKind& kind) {
  archive(kind.emplace<I>());
}

template <class Archive, std::size_t... I>
bool load_kind(Archive& archive, LayerKind& kind, std::uint32_t number, std::index_sequence<I...>) {
  return ((number == I && (load_kind<Archive, I>(archive, kind), true)) || ...);
}

template <class Archive>
void save(Archive& archive, const Layer& layer) {
  archive(layer.name, static_cast<std::uint32_t>(layer.kind.index()));
  std::visit([&](const auto& kind) { archive(kind); }, layer.kind);
  archive(layer.inputs);
}

template <class Archive>
void load(Archive& archive, Layer& layer) {
  std::uint32_t number = 0;
  archive(layer.name, number);
  using Numbers = std::make_index_sequence<std::variant_size_v<LayerKind>>;
  if (!load_kind(archive, layer.kind, number, Numbers{})) {
    throw cereal::Exception("layer '" + layer.name + "' is of unknown kind " +
                            std::to_string(number));
  }
  archive(layer.inputs);
}

template <class Archive>
void serialize(Archive& archive, NetworkSpec& spec) {
  archive(spec.input, spec.layers, spec.outputs);
}

template <class Archive>
void serialize(Archive& archive, Preprocessing& p) {
  archive(p.mean, p.scale);
}

template <class Archive>
void serialize(Archive& archive, Point& p) {
  archive(p.x, p.y);
}

template <class Archive>
void serialize(Archive& archive, AlignmentTemplate& a) {
  archive(a.points);
}

template <class Archive>
void serialize(Archive& archive, AnchorGrid& grid) {
  archive(grid.stride, grid.per_cell);
}

template <class Archive>
void serialize(Archive& archive, DetectorSettings& d) {
  archive(d.grids, d.keypoints, d.score_threshold);
}

template <class Archive>
void serialize(Archive& archive, Rate& rate) {
  archive(rate.value, rate.low, rate.high);
}

template <class Archive>
void serialize(Archive& archive, CalibrationPoint& point) {
  archive(point.distance, point.fmr, point.fnmr);
}

template <class Archive>
void serialize(Archive& archive, CalibrationTable& table) {
  archive(table.points, table.genuine_pairs, table.impostor_pairs, table.threshold, table.source);
}

/// Everything but the parameters.
template <class Archive>
void serialize(Archive& archive, FewShotHead& head) {
  auto kind = static_cast<std::uint8_t>(head.kind);
  auto similarity = static_cast<std::uint8_t>(head.similarity);
  archive(kind, similarity, head.scale, head.steps);
  if (kind > static_cast<std::uint8_t>(FewShotHeadKind::kWeightedL1) ||
      similarity > static_cast<std::uint8_t>(Similarity::kCosine)) {
    throw cereal::Exception("a few-shot head of unknown kind " + std::to_string(kind) +
                            " or similarity " + std::to_string(similarity));
  }
  head.kind = static_cast<FewShotHeadKind>(kind);
  head.similarity = static_cast<Similarity>(similarity);
}

/// Everything but the parameters and the few-shot head, which comes after them.
template <class Archive>
void serialize(Archive& archive, Model& model) {
  auto kind = static_cast<std::uint32_t>(model.kind);
  archive(model.name, kind);
  if (kind > static_cast<std::uint32_t>(ModelKind::kClassifier)) {
    throw cereal::Exception("a model of unknown kind " + std::to_string(kind));
  }
  model.kind = static_cast<ModelKind>(kind);
  archive(model.network, model.preprocessing, model.alignment, model.detector, model.calibration,
          model.record);
}

}  // namespace visavis
