#include "core/network/dead_channels.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "core/network/clean_parameters.h"

namespace visavis {
namespace {

/// A channel that holds this number at every place, whatever the input.
using Known = std::optional<float>;

bool has_padding(const Window& window) {
  const Padding& p = window.padding;
  return p.top != 0 || p.bottom != 0 || p.left != 0 || p.right != 0;
}

Known finite(double value) {
  const auto rounded = static_cast<float>(value);
  return std::isfinite(rounded) ? Known(rounded) : std::nullopt;
}

double apply(Function function, double x) {
  switch (function) {
    case Function::kAbsolute:
      return std::abs(x);
    case Function::kSquareRoot:
      return std::sqrt(x);
    case Function::kExponential:
      return std::exp(x);
    case Function::kLogarithm:
      return std::log(x);
    case Function::kTanh:
      return std::tanh(x);
    case Function::kReciprocal:
      return 1 / x;
    case Function::kFloor:
      return std::floor(x);
    case Function::kCeiling:
      return std::ceil(x);
    case Function::kRound:
      return std::nearbyint(x);
    case Function::kSign:
      return x > 0 ? 1 : (x < 0 ? -1 : 0);
    case Function::kGelu:
      return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
  }
  return std::nan("");
}

double apply(ArithmeticOperation operation, double a, double b) {
  switch (operation) {
    case ArithmeticOperation::kAdd:
      return a + b;
    case ArithmeticOperation::kSubtract:
      return a - b;
    case ArithmeticOperation::kMultiply:
      return a * b;
    case ArithmeticOperation::kDivide:
      return a / b;
    case ArithmeticOperation::kMaximum:
      return std::max(a, b);
    case ArithmeticOperation::kMinimum:
      return std::min(a, b);
  }
  return std::nan("");
}

/// Layers that mix channels by weights: what they read and what they write may go separately.
template <class Kind>
concept Dense = OneOf<Kind, Convolution, FullyConnected>;

bool is_dense(const LayerKind& kind) {
  const auto* convolution = std::get_if<Convolution>(&kind);
  if (convolution != nullptr) return convolution->groups == 1;
  return std::holds_alternative<FullyConnected>(kind);
}

/// The weights between one input and one output channel of a dense layer. A fully connected layer
/// that reads an image has as many as the image has pixels.
class DenseWeights {
 public:
  DenseWeights(const Tensor& filter, std::size_t in_channels)
      : filter_(filter),
        in_(in_channels),
        out_(filter.shape()[0]),
        places_(filter.size() / out_ / in_) {}

  [[nodiscard]] std::size_t out_channels() const { return out_; }
  [[nodiscard]] bool are_zero(std::size_t out, std::size_t in) const {
    for (std::size_t place = 0; place < places_; ++place) {
      if (filter_[index(out, place, in)] != 0) return false;
    }
    return true;
  }
  [[nodiscard]] double sum(std::size_t out, std::size_t in) const {
    double total = 0;
    for (std::size_t place = 0; place < places_; ++place) total += filter_[index(out, place, in)];
    return total;
  }

 private:
  [[nodiscard]] std::size_t index(std::size_t out, std::size_t place, std::size_t in) const {
    return (out * places_ + place) * in_ + in;
  }
  const Tensor& filter_;
  std::size_t in_;
  std::size_t out_;
  std::size_t places_;
};

/// A channel of one value and one of another that go together or not at all.
struct Tie {
  std::size_t input = 0;  ///< Which of the layer's inputs.
  std::size_t in = 0;     ///< Channel of that input.
  std::size_t out = 0;    ///< Channel of the layer's output.
};

class ChannelRemover {
 public:
  ChannelRemover(NetworkSpec& network, Parameters& parameters)
      : network_(network), parameters_(parameters), shapes_(infer_shapes(network)) {
    first_.push_back(0);
    for (const Shape& shape : shapes_) first_.push_back(first_.back() + shape.back());
    known_.resize(first_.back());
    is_pinned_.resize(first_.back());
    is_needed_.resize(first_.back());
    is_removed_.resize(first_.back());
    group_.resize(first_.back());
    std::iota(group_.begin(), group_.end(), std::size_t{0});
  }

  std::size_t remove() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i) ties_.push_back(ties_of(i));
    pin(0);
    for (const ValueId id : network_.outputs) pin(id);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) find_known(i);
    for (std::size_t i = network_.layers.size(); i-- > 0;) find_needed(i);
    choose();
    const std::size_t count = count_removed();
    if (count == 0) return 0;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) cut(i);
    check_parameters(network_, parameters_);  // A mistake here would be caught here.
    return count;
  }

 private:
  // Slots: all channels of all values, numbered through -----------------------------------------

  [[nodiscard]] std::size_t slot(ValueId value, std::size_t channel) const {
    return first_[static_cast<std::size_t>(value)] + channel;
  }
  [[nodiscard]] std::size_t channels(ValueId value) const {
    return shapes_[static_cast<std::size_t>(value)].back();
  }
  static ValueId output_of(std::size_t layer) { return static_cast<ValueId>(layer + 1); }

  void pin(ValueId value) {
    for (std::size_t c = 0; c < channels(value); ++c) {
      is_pinned_[slot(value, c)] = true;
      is_needed_[slot(value, c)] = true;
    }
  }

  std::size_t root(std::size_t s) {
    while (group_[s] != s) s = group_[s] = group_[group_[s]];
    return s;
  }

  // Which channels go together ------------------------------------------------------------------

  /// Ties of each input's channels to the output's of the same number.
  std::vector<Tie> same_channels(const Layer& layer, ValueId output) {
    std::vector<Tie> ties;
    for (std::size_t input = 0; input < layer.inputs.size(); ++input) {
      if (channels(layer.inputs[input]) != channels(output)) {  // One channel for all.
        pin(layer.inputs[input]);
        continue;
      }
      for (std::size_t c = 0; c < channels(output); ++c) ties.push_back({input, c, c});
    }
    return ties;
  }

  /// For layers through which channels cannot be followed.
  std::vector<Tie> nothing_goes(const Layer& layer, ValueId output) {
    for (const ValueId id : layer.inputs) pin(id);
    pin(output);
    return {};
  }

  /// The last dimensions count the channels: where one is a multiple of the other, its channels
  /// are those of the other over and over.
  std::vector<Tie> repeated_channels(const Layer& layer, ValueId output) {
    const std::size_t in = channels(layer.inputs[0]);
    const std::size_t out = channels(output);
    if (in % out != 0 && out % in != 0) return nothing_goes(layer, output);
    std::vector<Tie> ties;
    for (std::size_t c = 0; c < std::max(in, out); ++c) ties.push_back({0, c % in, c % out});
    return ties;
  }

  std::vector<Tie> joined_channels(const Layer& layer, ValueId output, std::size_t axis) {
    if (axis + 1 != shapes_[static_cast<std::size_t>(output)].size()) {
      return same_channels(layer, output);
    }
    std::vector<Tie> ties;
    std::size_t before = 0;
    for (std::size_t input = 0; input < layer.inputs.size(); ++input) {
      for (std::size_t c = 0; c < channels(layer.inputs[input]); ++c) {
        ties.push_back({input, c, before + c});
      }
      before += channels(layer.inputs[input]);
    }
    return ties;
  }

  std::vector<Tie> ties_of(std::size_t i) {
    const Layer& layer = network_.layers[i];
    const ValueId output = output_of(i);
    const auto& in_shape = shapes_[static_cast<std::size_t>(layer.inputs[0])];
    auto ties = std::visit(
        Overloaded{
            [&](const Dense auto&) {
              return is_dense(layer.kind) ? std::vector<Tie>() : nothing_goes(layer, output);
            },
            [&](const OneOf<DepthwiseConvolution, MaxPool, AveragePool, GlobalMaxPool,
                            GlobalAveragePool, BatchNormalization, Relu, Prelu, Sigmoid, Add,
                            Multiply, Dropout, Clip, LeakyRelu, HardSwish, HardSigmoid, Elementwise,
                            Arithmetic, Resize> auto&) { return same_channels(layer, output); },
            [&](const ChannelPad& pad) {
              std::vector<Tie> shifted;
              for (std::size_t c = 0; c < in_shape.back(); ++c) {
                shifted.push_back({0, c, c + static_cast<std::size_t>(pad.before)});
              }
              return shifted;
            },
            [&](const OneOf<Flatten, Reshape> auto&) { return repeated_channels(layer, output); },
            [&](const Concatenate& c) {
              return joined_channels(layer, output, static_cast<std::size_t>(c.axis));
            },
            [&](const Reduce& reduce) {
              const bool keeps = reduce.axes.empty() ||
                                 static_cast<std::size_t>(reduce.axes.back()) + 1 < in_shape.size();
              return keeps ? same_channels(layer, output) : nothing_goes(layer, output);
            },
            [&](const Slice& slice) {
              return slice.size.back() == in_shape.back() ? same_channels(layer, output)
                                                          : nothing_goes(layer, output);
            },
            [&](const Pad& pad) {
              return pad.before.back() == 0 && pad.after.back() == 0 ? same_channels(layer, output)
                                                                     : nothing_goes(layer, output);
            },
            [&](const OneOf<L2Normalize, Softmax, Transpose> auto&) {
              return nothing_goes(layer, output);
            },
        },
        layer.kind);
    for (const Tie& tie : ties) {
      group_[root(slot(layer.inputs[tie.input], tie.in))] = root(slot(output, tie.out));
    }
    return ties;
  }

  // Which channels are known --------------------------------------------------------------------

  [[nodiscard]] const Tensor& parameter(const Layer& layer, const char* name) const {
    return parameters_.at(layer.name + name);
  }
  [[nodiscard]] double bias(const Layer& layer, bool has_bias, std::size_t channel) const {
    return has_bias ? parameter(layer, ".bias")[channel] : 0.0;
  }
  [[nodiscard]] Known known(const Layer& layer, std::size_t input, std::size_t channel) const {
    return known_[slot(layer.inputs[input], channel)];
  }

  /// Zeros beyond the border are not the constant, unless it is zero.
  static bool reaches_border(const LayerKind& kind, float constant) {
    const auto* convolution = std::get_if<Convolution>(&kind);
    return convolution != nullptr && has_padding(convolution->window) && constant != 0;
  }

  void find_known_dense(std::size_t i, bool has_bias) {
    const Layer& layer = network_.layers[i];
    const std::size_t in_channels = channels(layer.inputs[0]);
    const DenseWeights weights(parameter(layer, ".filter"), in_channels);
    for (std::size_t out = 0; out < weights.out_channels(); ++out) {
      double total = bias(layer, has_bias, out);
      bool is_known = true;
      for (std::size_t in = 0; in < in_channels && is_known; ++in) {
        if (weights.are_zero(out, in)) continue;
        const Known constant = known(layer, 0, in);
        is_known = constant && !reaches_border(layer.kind, *constant);
        if (is_known) total += *constant * weights.sum(out, in);
      }
      if (is_known) known_[slot(output_of(i), out)] = finite(total);
    }
  }

  [[nodiscard]] Known known_depthwise(const Layer& layer, const DepthwiseConvolution& depthwise,
                                      std::size_t channel) const {
    const Tensor& filter = parameter(layer, ".filter");
    double sum = 0;
    bool is_zero = true;
    for (std::size_t at = channel; at < filter.size(); at += channels(layer.inputs[0])) {
      sum += filter[at];
      is_zero = is_zero && filter[at] == 0;
    }
    const double offset = bias(layer, depthwise.has_bias, channel);
    if (is_zero) return finite(offset);
    const Known constant = known(layer, 0, channel);
    if (!constant || (has_padding(depthwise.window) && *constant != 0)) return std::nullopt;
    return finite(offset + *constant * sum);
  }

  /// Of a layer that treats every channel by itself.
  Known known_after(const Layer& layer, std::size_t channel) const {
    const Known x = known(layer, 0, channel);
    const auto map = [&](auto function) { return x ? finite(function(double{*x})) : Known(); };
    return std::visit(
        Overloaded{
            [&](const DepthwiseConvolution& d) { return known_depthwise(layer, d, channel); },
            [&](const BatchNormalization& b) {
              return map([&](double v) {
                return (v - parameter(layer, ".mean")[channel]) *
                           parameter(layer, ".scale")[channel] /
                           std::sqrt(parameter(layer, ".variance")[channel] + double{b.epsilon}) +
                       parameter(layer, ".shift")[channel];
              });
            },
            [&](const Relu&) { return map([](double v) { return std::max(v, 0.0); }); },
            [&](const Prelu&) {
              return map(
                  [&](double v) { return v >= 0 ? v : v * parameter(layer, ".slope")[channel]; });
            },
            [&](const LeakyRelu& l) {
              return map([&](double v) { return v >= 0 ? v : v * l.slope; });
            },
            [&](const Sigmoid&) { return map([](double v) { return 1 / (1 + std::exp(-v)); }); },
            [&](const Clip& c) {
              return map(
                  [&](double v) { return std::min(std::max<double>(v, c.min), double{c.max}); });
            },
            [&](const HardSwish&) {
              return map([](double v) { return v * std::clamp(v + 3, 0.0, 6.0) / 6; });
            },
            [&](const HardSigmoid& h) {
              return map([&](double v) { return std::clamp(h.slope * v + h.offset, 0.0, 1.0); });
            },
            [&](const Elementwise& e) {
              return map([&](double v) { return apply(e.function, v); });
            },
            [&](const Reduce& r) {
              double count = 1;
              if (r.operation == ReduceOperation::kSum) {
                const Shape& shape = shapes_[static_cast<std::size_t>(layer.inputs[0])];
                for (const int axis : r.axes) {
                  count *= static_cast<double>(shape[static_cast<std::size_t>(axis)]);
                }
              }
              return map([&](double v) { return v * count; });
            },
            [&](const Pad& p) { return x == Known(p.value) ? x : std::nullopt; },
            [&](const OneOf<MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool, Dropout, Slice,
                            Resize> auto&) { return x; },
            [](const OneOf<Convolution, FullyConnected, Add, Multiply, ChannelPad, Flatten, Reshape,
                           Concatenate, L2Normalize, Softmax, Arithmetic, Transpose> auto&) {
              return Known();
            },
        },
        layer.kind);
  }

  /// Of two inputs of as many channels.
  Known known_of_two(const Layer& layer, std::size_t channel, ArithmeticOperation operation) const {
    if (channels(layer.inputs[0]) != channels(layer.inputs[1])) return std::nullopt;
    const Known a = known(layer, 0, channel);
    const Known b = known(layer, 1, channel);
    const bool is_product = operation == ArithmeticOperation::kMultiply;
    if (is_product && (a == Known(0.0F) || b == Known(0.0F))) return 0.0F;
    return a && b ? finite(apply(operation, *a, *b)) : std::nullopt;
  }

  /// Where several channels become one, they must hold the same number.
  void find_known_joined(std::size_t i) {
    const Layer& layer = network_.layers[i];
    std::vector<bool> is_seen(channels(output_of(i)));
    for (const Tie& tie : ties_[i]) {
      Known& result = known_[slot(output_of(i), tie.out)];
      const Known constant = known(layer, tie.input, tie.in);
      if (!is_seen[tie.out]) {
        result = constant;
      } else if (result != constant) {
        result.reset();
      }
      is_seen[tie.out] = true;
    }
    if (!std::holds_alternative<ChannelPad>(layer.kind)) return;
    for (std::size_t c = 0; c < is_seen.size(); ++c) {
      if (!is_seen[c]) known_[slot(output_of(i), c)] = 0.0F;
    }
  }

  void find_known(std::size_t i) {
    const Layer& layer = network_.layers[i];
    const auto each = [&](auto of_channel) {
      for (std::size_t c = 0; c < channels(output_of(i)); ++c) {
        known_[slot(output_of(i), c)] = of_channel(c);
      }
    };
    std::visit(Overloaded{
                   [&](const Dense auto& dense) {
                     if (is_dense(layer.kind)) find_known_dense(i, dense.has_bias);
                   },
                   [&](const Add&) {
                     each([&](std::size_t c) {
                       return known_of_two(layer, c, ArithmeticOperation::kAdd);
                     });
                   },
                   [&](const Multiply&) {
                     each([&](std::size_t c) {
                       return known_of_two(layer, c, ArithmeticOperation::kMultiply);
                     });
                   },
                   [&](const Arithmetic& a) {
                     each([&](std::size_t c) { return known_of_two(layer, c, a.operation); });
                   },
                   [&](const OneOf<ChannelPad, Flatten, Reshape, Concatenate> auto&) {
                     find_known_joined(i);
                   },
                   [](const OneOf<L2Normalize, Softmax, Transpose> auto&) {},
                   [&](const OneOf<DepthwiseConvolution, MaxPool, AveragePool, GlobalMaxPool,
                                   GlobalAveragePool, BatchNormalization, Relu, Prelu, Sigmoid,
                                   Dropout, Clip, LeakyRelu, HardSwish, HardSigmoid, Elementwise,
                                   Reduce, Slice, Pad, Resize> auto&) {
                     if (ties_[i].empty()) return;  // Its channels cannot be followed.
                     each([&](std::size_t c) { return known_after(layer, c); });
                   },
               },
               layer.kind);
  }

  // Which channels an output depends on ---------------------------------------------------------

  [[nodiscard]] bool is_live(std::size_t s) const { return is_needed_[s] && !known_[s]; }

  /// Marks what layer i reads for those of its channels that are needed and not known.
  void find_needed(std::size_t i) {
    const Layer& layer = network_.layers[i];
    for (const Tie& tie : ties_[i]) {
      if (is_live(slot(output_of(i), tie.out))) {
        is_needed_[slot(layer.inputs[tie.input], tie.in)] = true;
      }
    }
    if (!is_dense(layer.kind)) return;
    const std::size_t in_channels = channels(layer.inputs[0]);
    const DenseWeights weights(parameter(layer, ".filter"), in_channels);
    for (std::size_t in = 0; in < in_channels; ++in) {
      const std::size_t read = slot(layer.inputs[0], in);
      for (std::size_t out = 0; out < weights.out_channels() && !is_needed_[read]; ++out) {
        is_needed_[read] = is_live(slot(output_of(i), out)) && !weights.are_zero(out, in);
      }
    }
  }

  // Which channels go ---------------------------------------------------------------------------

  /// Whether some convolution reads the channel at a border where it is not the constant.
  [[nodiscard]] bool is_read_at_border(ValueId value, std::size_t channel) const {
    const Known constant = known_[slot(value, channel)];
    if (!constant) return false;
    return std::any_of(network_.layers.begin(), network_.layers.end(), [&](const Layer& layer) {
      if (layer.inputs[0] != value || !reaches_border(layer.kind, *constant)) return false;
      const DenseWeights weights(parameter(layer, ".filter"), channels(value));
      for (std::size_t out = 0; out < weights.out_channels(); ++out) {
        if (!weights.are_zero(out, channel)) return true;
      }
      return false;
    });
  }

  void choose() {
    std::vector<std::vector<std::pair<ValueId, std::size_t>>> members(first_.back());
    for (ValueId value = 0; static_cast<std::size_t>(value) < shapes_.size(); ++value) {
      for (std::size_t c = 0; c < channels(value); ++c) {
        members[root(slot(value, c))].emplace_back(value, c);
      }
    }
    std::vector<std::size_t> left;
    for (const Shape& shape : shapes_) left.push_back(shape.back());
    for (const auto& group : members) {
      const bool is_dead = std::all_of(group.begin(), group.end(), [&](const auto& member) {
        const std::size_t s = slot(member.first, member.second);
        return !is_pinned_[s] && !is_live(s) && !is_read_at_border(member.first, member.second);
      });
      if (is_dead) take(group, left);
    }
  }

  /// Unless a value would lose its last channel.
  void take(const std::vector<std::pair<ValueId, std::size_t>>& group,
            std::vector<std::size_t>& left) {
    for (const auto& [value, channel] : group) --left[static_cast<std::size_t>(value)];
    const bool leaves_some = std::all_of(group.begin(), group.end(), [&](const auto& member) {
      return left[static_cast<std::size_t>(member.first)] > 0;
    });
    for (const auto& [value, channel] : group) {
      if (leaves_some) is_removed_[slot(value, channel)] = true;
      if (!leaves_some) ++left[static_cast<std::size_t>(value)];
    }
  }

  [[nodiscard]] std::size_t removed(ValueId value) const {
    return channels(value) - kept(value).size();
  }

  /// Where they are made: a channel pad makes those that its input does not have.
  [[nodiscard]] std::size_t count_removed() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = network_.layers[i];
      if (is_dense(layer.kind)) count += removed(output_of(i));
      if (std::holds_alternative<ChannelPad>(layer.kind)) {
        count += removed(output_of(i)) - removed(layer.inputs[0]);
      }
    }
    return count;
  }

  [[nodiscard]] std::vector<std::size_t> kept(ValueId value) const {
    std::vector<std::size_t> result;
    for (std::size_t c = 0; c < channels(value); ++c) {
      if (!is_removed_[slot(value, c)]) result.push_back(c);
    }
    return result;
  }

  // Cutting -------------------------------------------------------------------------------------

  /// A parameter without the channels that go, which are its last dimension.
  void cut_last(const Layer& layer, const char* name, const std::vector<std::size_t>& kept_ones) {
    Tensor& tensor = parameters_.at(layer.name + name);
    Shape shape = tensor.shape();
    const std::size_t old_channels = shape.back();
    shape.back() = kept_ones.size();
    Tensor smaller(shape);
    for (std::size_t i = 0; i < smaller.size(); ++i) {
      smaller[i] = tensor[i / kept_ones.size() * old_channels + kept_ones[i % kept_ones.size()]];
    }
    tensor = std::move(smaller);
  }

  /// What the channels of layer `layer`'s input that go add to its outputs.
  std::vector<double> lost_offsets(const Layer& layer) const {
    const ValueId input = layer.inputs[0];
    const DenseWeights weights(parameter(layer, ".filter"), channels(input));
    std::vector<double> offsets(weights.out_channels());
    for (std::size_t in = 0; in < channels(input); ++in) {
      const Known constant = known_[slot(input, in)];
      if (!is_removed_[slot(input, in)] || !constant) continue;
      for (std::size_t out = 0; out < offsets.size(); ++out) {
        offsets[out] += *constant * weights.sum(out, in);
      }
    }
    return offsets;
  }

  /// Returns whether the layer has a bias now.
  bool cut_dense(std::size_t i, bool has_bias) {
    const Layer& layer = network_.layers[i];
    const std::vector<std::size_t> ins = kept(layer.inputs[0]);
    const std::vector<std::size_t> outs = kept(output_of(i));
    const std::vector<double> offsets = lost_offsets(layer);
    if (has_bias || std::any_of(offsets.begin(), offsets.end(), [](double x) { return x != 0; })) {
      Tensor values({outs.size()});
      for (std::size_t o = 0; o < outs.size(); ++o) {
        values[o] = static_cast<float>(bias(layer, has_bias, outs[o]) + offsets[outs[o]]);
      }
      parameters_[layer.name + ".bias"] = std::move(values);
      has_bias = true;
    }
    Tensor& filter = parameters_.at(layer.name + ".filter");
    const std::size_t in_channels = channels(layer.inputs[0]);
    const std::size_t places = filter.size() / filter.shape()[0] / in_channels;
    Shape shape = filter.shape();
    shape.front() = outs.size();
    shape.back() = shape.back() / in_channels * ins.size();
    Tensor smaller(shape);
    std::size_t at = 0;
    for (const std::size_t out : outs) {
      for (std::size_t place = 0; place < places; ++place) {
        for (const std::size_t in : ins) {
          smaller[at++] = filter[(out * places + place) * in_channels + in];
        }
      }
    }
    filter = std::move(smaller);
    return has_bias;
  }

  void cut(std::size_t i) {
    Layer& layer = network_.layers[i];
    const std::vector<std::size_t> outs = kept(output_of(i));
    std::visit(
        Overloaded{
            [&](Convolution& c) {
              if (c.groups != 1) return;
              c.has_bias = cut_dense(i, c.has_bias);
              c.out_channels = static_cast<int>(outs.size());
            },
            [&](FullyConnected& f) {
              f.has_bias = cut_dense(i, f.has_bias);
              f.out_features = static_cast<int>(outs.size());
            },
            [&](DepthwiseConvolution& d) {
              cut_last(layer, ".filter", outs);
              if (d.has_bias) cut_last(layer, ".bias", outs);
            },
            [&](BatchNormalization&) {
              for (const char* name : {".scale", ".shift", ".mean", ".variance"}) {
                cut_last(layer, name, outs);
              }
            },
            [&](Prelu&) { cut_last(layer, ".slope", outs); },
            [&](ChannelPad& pad) {
              const auto end_of_input =
                  static_cast<std::size_t>(pad.before) + channels(layer.inputs[0]);
              const auto is_before = [&](std::size_t c) {
                return c < static_cast<std::size_t>(pad.before);
              };
              const auto before = std::count_if(outs.begin(), outs.end(), is_before);
              pad.after = static_cast<int>(std::count_if(
                  outs.begin(), outs.end(), [&](std::size_t c) { return c >= end_of_input; }));
              pad.before = static_cast<int>(before);
            },
            [&](Reshape& reshape) { reshape.shape.back() = outs.size(); },
            [&](Slice& slice) { slice.size.back() = outs.size(); },
            [](const OneOf<MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool, Relu, Sigmoid,
                           Add, Multiply, Flatten, Concatenate, L2Normalize, Dropout, Clip,
                           LeakyRelu, HardSwish, HardSigmoid, Softmax, Elementwise, Arithmetic,
                           Reduce, Transpose, Pad, Resize> auto&) {},
        },
        layer.kind);
  }

  NetworkSpec& network_;
  Parameters& parameters_;
  const std::vector<Shape> shapes_;     ///< Before anything is cut.
  std::vector<std::size_t> first_;      ///< Per value: its first slot.
  std::vector<std::vector<Tie>> ties_;  ///< Per layer.
  std::vector<Known> known_;            ///< Per slot ..
  std::vector<bool> is_pinned_;         ///< .. whether it must stay ..
  std::vector<bool> is_needed_;         ///< .. whether an output depends on it ..
  std::vector<bool> is_removed_;        ///< .. whether it goes ..
  std::vector<std::size_t> group_;      ///< .. and which others go with it (union-find).
};

}  // namespace

std::size_t remove_dead_channels(NetworkSpec& network, Parameters& parameters) {
  check_parameters(network, parameters);
  zero_tiny_weights(parameters);
  return ChannelRemover(network, parameters).remove();
}

}  // namespace visavis
