#pragma once

#include <algorithm>
#include <cereal/cereal.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
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

// The fields of a type that is stored as its fields alone, in the order of the file.
inline auto fields(Padding& p) { return std::tie(p.top, p.bottom, p.left, p.right); }
inline auto fields(Window& w) {
  return std::tie(w.kernel_height, w.kernel_width, w.stride_height, w.stride_width,
                  w.dilation_height, w.dilation_width, w.padding);
}
inline auto fields(MaxPool& p) { return std::tie(p.window); }
inline auto fields(AveragePool& p) { return std::tie(p.window); }
inline auto fields(BatchNormalization& b) { return std::tie(b.epsilon); }
inline auto fields(ChannelPad& p) { return std::tie(p.before, p.after); }
inline auto fields(Reshape& r) { return std::tie(r.shape); }
inline auto fields(Concatenate& c) { return std::tie(c.axis); }
inline auto fields(L2Normalize& n) { return std::tie(n.epsilon); }
inline auto fields(Dropout& d) { return std::tie(d.rate); }
inline auto fields(Clip& c) { return std::tie(c.min, c.max); }
inline auto fields(LeakyRelu& l) { return std::tie(l.slope); }
inline auto fields(HardSigmoid& h) { return std::tie(h.slope, h.offset); }
inline auto fields(Transpose& t) { return std::tie(t.permutation); }
inline auto fields(Slice& s) { return std::tie(s.start, s.size); }
inline auto fields(Pad& p) { return std::tie(p.before, p.after, p.value); }
inline auto fields(NetworkSpec& spec) { return std::tie(spec.input, spec.layers, spec.outputs); }
inline auto fields(Preprocessing& p) { return std::tie(p.mean, p.scale); }
inline auto fields(Point& p) { return std::tie(p.x, p.y); }
inline auto fields(AlignmentTemplate& a) { return std::tie(a.points); }
inline auto fields(AnchorGrid& grid) { return std::tie(grid.stride, grid.per_cell); }
inline auto fields(DetectorSettings& d) {
  return std::tie(d.grids, d.keypoints, d.score_threshold);
}
inline auto fields(Rate& rate) { return std::tie(rate.value, rate.low, rate.high); }
inline auto fields(CalibrationPoint& point) {
  return std::tie(point.distance, point.fmr, point.fnmr);
}
inline auto fields(AlikeStrangersSource& alike) {
  return std::tie(alike.grouped_by, alike.worst_group, alike.groups, alike.people, alike.pairs);
}
inline auto fields(DecisionBounds& bounds) {
  return std::tie(bounds.match, bounds.match_if_good, bounds.mismatch, bounds.least_confidence);
}
inline auto fields(DecisionTable& table) {
  static_assert(kDecisionPolicies == 3);
  return std::tie(table.policies[0], table.policies[1], table.policies[2], table.source);
}
/// But for the alike strangers and the decision, which come after the few-shot head.
inline auto fields(CalibrationTable& table) {
  return std::tie(table.points, table.genuine_pairs, table.impostor_pairs, table.threshold,
                  table.source);
}

template <class Archive, class Part>
requires requires(Part& part) { fields(part); }
void serialize(Archive& archive, Part& part) {
  std::apply([&](auto&... field) { archive(field...); }, fields(part));
}

/// A bool as a byte: reading any other byte straight into a bool would be undefined.
template <class Archive>
void serialize_flag(Archive& archive, bool& flag) {
  std::uint8_t byte = flag ? 1 : 0;
  archive(byte);
  flag = byte != 0;
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
void serialize(Archive& archive, ActivationScale& value) {
  archive(value.scale, value.zero_point);
  serialize_flag(archive, value.is_computed_in_int8);
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

/// Everything but the parameters, and the few-shot head and activation scales, which come after
/// them.
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
