#include <cstdint>
#include <vector>

#include "core/network/layer_builder.h"

namespace visavis {

void LayerBuilder::define(const ChannelPad& pad) {
  std::vector<std::size_t> before(input_shape().size() + 1);
  std::vector<std::size_t> after(before.size());
  before.back() = size(pad.before);
  after.back() = size(pad.after);
  define_pad(before, after, 0.0F, output_);
}

void LayerBuilder::define(const Concatenate& c) {
  Value joined = input(0);
  Shape shape = input_shape(0);
  for (std::size_t i = 1; i < layer_.inputs.size(); ++i) {
    shape[c.axis] += input_shape(i)[c.axis];
    const bool last = i + 1 == layer_.inputs.size();
    const Value result = last ? output_ : inner_value(shape);
    check(xnn_define_concatenate2(graph(), c.axis + 1, joined, input(i), result, 0));
    joined = result;
  }
}

void LayerBuilder::define(const Transpose& t) {
  std::vector<std::size_t> permutation{0};
  for (const int axis : t.permutation) permutation.push_back(static_cast<std::size_t>(axis) + 1);
  check(xnn_define_static_transpose(graph(), permutation.size(), permutation.data(), input(),
                                    output_, 0));
}

void LayerBuilder::define(const Slice& s) {
  std::vector<std::size_t> start{0};
  std::vector<std::size_t> size{0};
  start.insert(start.end(), s.start.begin(), s.start.end());
  size.insert(size.end(), s.size.begin(), s.size.end());
  check(xnn_define_static_slice(graph(), start.size(), start.data(), size.data(), input(), output_,
                                0));
}

void LayerBuilder::define(const Pad& p) {
  std::vector<std::size_t> before{0};
  std::vector<std::size_t> after{0};
  before.insert(before.end(), p.before.begin(), p.before.end());
  after.insert(after.end(), p.after.begin(), p.after.end());
  define_pad(before, after, p.value, output_);
}

void LayerBuilder::define(const Resize& r) {
  const Shape& in = input_shape();
  if (r.method == ResizeMethod::kNearest) {
    return define_repeats(size(r.height) / in[0], size(r.width) / in[1]);
  }
  std::uint32_t flags = 0;
  if (r.method == ResizeMethod::kLinearAlignCorners) flags = XNN_FLAG_ALIGN_CORNERS;
  if (r.method == ResizeMethod::kLinearAsymmetric) flags = XNN_FLAG_TENSORFLOW_LEGACY_MODE;
  check(xnn_define_static_resize_bilinear_2d(graph(), size(r.height), size(r.width), input(),
                                             output_, flags));
}

void LayerBuilder::define_repeats(std::size_t down, std::size_t across) {
  const Shape& in = input_shape();
  const Value wide = define_copies(input(), {in[0], in[1], in[2]}, 2, across);
  const Value tall = define_copies(wide, {in[0], in[1] * across * in[2]}, 1, down);
  define_reshape(tall, output_shape());
}

Value LayerBuilder::define_copies(Value source, const Shape& shape, std::size_t axis,
                                  std::size_t copies) {
  const Value one = inner_value(shape);
  define_reshape(source, shape, one);
  Value joined = one;
  for (std::size_t i = 1; i < copies; ++i) {
    Shape larger = shape;
    larger[axis] *= i + 1;
    const Value result = inner_value(larger);
    check(xnn_define_concatenate2(graph(), static_cast<int>(axis) + 1, joined, one, result, 0));
    joined = result;
  }
  return joined;
}

}  // namespace visavis
