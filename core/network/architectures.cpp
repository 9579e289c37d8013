#include "core/network/architectures.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace visavis {
namespace {

/// A spec under construction: each call appends a layer that reads the last value.
class Builder {
 public:
  explicit Builder(const ArchitectureOptions& options) {
    spec_.input = {static_cast<std::size_t>(options.height),
                   static_cast<std::size_t>(options.width),
                   static_cast<std::size_t>(options.channels)};
  }

  [[nodiscard]] ValueId last() const { return last_; }
  [[nodiscard]] Shape shape() const { return infer_shapes(spec_).back(); }

  void append(const std::string& name, LayerKind kind) {
    last_ = add_layer(spec_, name, std::move(kind), {last_});
  }
  void add(const std::string& name, ValueId other) {
    last_ = add_layer(spec_, name, Add{}, {last_, other});
  }
  void convolution(const std::string& name, int out_channels, const Window& window, bool has_bias) {
    append(name, Convolution{window, out_channels, 1, has_bias});
  }
  /// Convolution without bias, batch normalisation and, unless linear, PReLU.
  void conv_block(const std::string& name, int out_channels, const Window& window, bool is_linear) {
    convolution(name, out_channels, window, false);
    normalize(name, is_linear);
  }
  void depthwise_block(const std::string& name, const Window& window, bool is_linear) {
    append(name, DepthwiseConvolution{window, false});
    normalize(name, is_linear);
  }

  void dropout(const ArchitectureOptions& options) {
    if (options.dropout > 0) append("dropout", Dropout{static_cast<float>(options.dropout)});
  }

  NetworkSpec finish(const ArchitectureOptions& options) {
    if (options.normalizes_output) append("embedding", L2Normalize{});
    spec_.outputs = {last_};
    infer_shapes(spec_);
    return std::move(spec_);
  }

 private:
  void normalize(const std::string& name, bool is_linear) {
    append(name + "_norm", BatchNormalization{});
    if (!is_linear) append(name + "_prelu", Prelu{});
  }

  NetworkSpec spec_;
  ValueId last_ = 0;
};

Window square_window(int kernel, int stride = 1, int padding = 0) {
  return {kernel, kernel, stride, stride, 1, 1, {padding, padding, padding, padding}};
}

[[noreturn]] void too_small(const std::string& name, const ArchitectureOptions& options, int side) {
  throw Error(ErrorCode::kInvalidArgument, "input " + std::to_string(options.height) + "x" +
                                               std::to_string(options.width) +
                                               " is too small for '" + name + "'; it needs " +
                                               std::to_string(side) + " pixels a side");
}

NetworkSpec make_siamese(const ArchitectureOptions& options) {
  constexpr int kMinSide = 28;
  if (std::min(options.height, options.width) < kMinSide) too_small("siamese", options, kMinSide);
  struct Stage {
    int kernel, channels;
  };
  constexpr Stage kStages[] = {{10, 64}, {7, 128}, {4, 128}, {4, 256}};
  Builder net(options);
  int stage = 0;
  for (const Stage& s : kStages) {
    const std::string number = std::to_string(++stage);
    const Shape shape = net.shape();
    // On the paper's 105 pixels every kernel is its own; a smaller input leaves less room for the
    // later ones.
    const int room = static_cast<int>(std::min(shape[0], shape[1]));
    net.convolution("conv" + number, s.channels, square_window(std::min(s.kernel, (room + 1) / 2)),
                    false);
    net.append("norm" + number, BatchNormalization{});
    net.append("relu" + number, Relu{});
    const Shape pooled = net.shape();
    if (stage < 4 && std::min(pooled[0], pooled[1]) >= 2)
      net.append("pool" + number, MaxPool{square_window(2, 2)});
  }
  net.dropout(options);
  net.append("features", FullyConnected{options.embedding_length, true});
  net.append("sigmoid", Sigmoid{});
  return net.finish(options);
}

NetworkSpec make_conv4(const ArchitectureOptions& options) {
  constexpr int kMinSide = 16;
  constexpr int kChannels = 64;
  if (std::min(options.height, options.width) < kMinSide) too_small("conv4", options, kMinSide);
  Builder net(options);
  const std::size_t flattened = static_cast<std::size_t>(kChannels) *
                                static_cast<std::size_t>(options.height / 16) *
                                static_cast<std::size_t>(options.width / 16);
  const bool ends_flat = flattened == static_cast<std::size_t>(options.embedding_length);
  for (int block = 1; block <= 4; ++block) {
    const std::string number = std::to_string(block);
    net.convolution("conv" + number, kChannels, square_window(3, 1, 1), false);
    net.append("norm" + number, BatchNormalization{});
    // Where its maps are the embedding the last block is linear: an embedding is brought to length
    // 1, and a ReLU in the end gives images that excite no channel the zero vector, which has no
    // direction (the papers compare embeddings of any length).
    if (block < 4 || !ends_flat || !options.normalizes_output) net.append("relu" + number, Relu{});
    net.append("pool" + number, MaxPool{square_window(2, 2)});
  }
  net.dropout(options);
  // The papers take the flattened maps as the embedding; a chosen length adds one linear map.
  if (ends_flat) {
    net.append("flatten", Flatten{});
  } else {
    net.append("features", FullyConnected{options.embedding_length, true});
  }
  return net.finish(options);
}

NetworkSpec make_mobilefacenet(const ArchitectureOptions& options) {
  constexpr int kMinSide = 32;
  if (std::min(options.height, options.width) < kMinSide)
    too_small("mobilefacenet", options, kMinSide);
  const auto times = [](int channels, double factor) {
    return std::max(8, static_cast<int>(std::lround(channels * factor / 8)) * 8);
  };
  const auto scaled = [&](int channels) { return times(channels, options.width_factor); };
  struct Stage {
    int expansion, channels, repeats, stride;
  };
  constexpr Stage kStages[] = {
      {2, 64, 5, 2}, {4, 128, 1, 2}, {2, 128, 6, 1}, {4, 128, 1, 2}, {2, 128, 2, 1}};
  Builder net(options);
  net.conv_block("stem", scaled(64), square_window(3, 2, 1), false);
  net.depthwise_block("stem_depthwise", square_window(3, 1, 1), false);
  int block = 0;
  int channels = scaled(64);
  for (const Stage& stage : kStages) {
    for (int repeat = 0; repeat < stage.repeats; ++repeat) {
      const std::string name = "block" + std::to_string(++block);
      const int stride = repeat == 0 ? stage.stride : 1;
      const int out = scaled(stage.channels);
      const ValueId shortcut = net.last();
      const int inside = times(stage.expansion * channels, options.expansion);
      net.conv_block(name + "_expand", inside, square_window(1), false);
      net.depthwise_block(name + "_depthwise", square_window(3, stride, 1), false);
      net.conv_block(name + "_project", out, square_window(1), true);
      if (stride == 1 && channels == out) net.add(name + "_add", shortcut);
      channels = out;
    }
  }
  net.conv_block("head", scaled(512), square_window(1), false);
  const Shape shape = net.shape();
  Window whole;
  whole.kernel_height = static_cast<int>(shape[0]);
  whole.kernel_width = static_cast<int>(shape[1]);
  net.depthwise_block("global_depthwise", whole, true);
  net.dropout(options);
  net.append("features", FullyConnected{options.embedding_length, false});
  net.append("features_norm", BatchNormalization{});
  return net.finish(options);
}

}  // namespace

const std::vector<std::string>& architecture_names() {
  static const std::vector<std::string> names{"siamese", "conv4", "mobilefacenet"};
  return names;
}

NetworkSpec make_architecture(const std::string& name, const ArchitectureOptions& options) {
  if (options.channels != 1 && options.channels != 3) {
    throw Error(ErrorCode::kInvalidArgument,
                "channels must be 1 or 3, not " + std::to_string(options.channels));
  }
  if (options.embedding_length < 2 || options.embedding_length > 4096) {
    throw Error(ErrorCode::kInvalidArgument, "embedding length must be 2 to 4096, not " +
                                                 std::to_string(options.embedding_length));
  }
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw Error(ErrorCode::kInvalidArgument,
                "dropout must be at least 0 and below 1, not " + std::to_string(options.dropout));
  }
  if (!(options.width_factor >= 0.125 && options.width_factor <= 4)) {
    throw Error(ErrorCode::kInvalidArgument, "width factor must be 0.125 to 4");
  }
  if (!(options.expansion >= 0.125 && options.expansion <= 4)) {
    throw Error(ErrorCode::kInvalidArgument, "expansion must be 0.125 to 4");
  }
  if (name == "mobilefacenet") return make_mobilefacenet(options);
  if (name == "siamese" || name == "conv4") {
    if (options.width_factor != 1 || options.expansion != 1) {
      throw Error(ErrorCode::kInvalidArgument,
                  "width factor and expansion are mobilefacenet's; leave them at 1 for " + name);
    }
    return name == "siamese" ? make_siamese(options) : make_conv4(options);
  }
  std::string known;
  for (const std::string& n : architecture_names()) known += (known.empty() ? "" : ", ") + n;
  throw Error(ErrorCode::kInvalidArgument,
              "unknown architecture '" + name + "'; known are " + known);
}

}  // namespace visavis
