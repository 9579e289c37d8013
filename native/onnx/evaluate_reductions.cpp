#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <string_view>

#include "native/onnx/evaluators.h"
#include "native/onnx/layout.h"

namespace visavis::onnx_graph {
namespace {

/// Operators that gather many elements into one, and normalisations by what they gather.

/// The reduced elements last: [kept, reduced], in ONNX's order.
struct Gathered {
  Dims indices;  ///< Of each value, where it stood.
  Values values;
  std::size_t kept = 1;
  std::size_t reduced = 1;
};

Gathered gather(const Constant& from, const std::vector<std::size_t>& axes) {
  std::vector<std::size_t> order;
  Gathered gathered;
  for (std::size_t axis = 0; axis < from.dims.size(); ++axis) {
    if (std::binary_search(axes.begin(), axes.end(), axis)) {
      gathered.reduced *= static_cast<std::size_t>(from.dims[axis]);
    } else {
      order.push_back(axis);
      gathered.kept *= static_cast<std::size_t>(from.dims[axis]);
    }
  }
  order.insert(order.end(), axes.begin(), axes.end());
  gathered.indices = transposed_indices(from.dims, order);
  gathered.values = values_of(taken(from, {}, gathered.indices));
  return gathered;
}

using Row = const double*;

double sum(Row row, std::size_t n) { return std::accumulate(row, row + n, 0.0); }
double mean(Row row, std::size_t n) { return sum(row, n) / static_cast<double>(n); }
double largest(Row row, std::size_t n) { return *std::max_element(row, row + n); }
double smallest(Row row, std::size_t n) { return *std::min_element(row, row + n); }
double product(Row row, std::size_t n) {
  return std::accumulate(row, row + n, 1.0, std::multiplies<>{});
}
double squares(Row row, std::size_t n) { return std::inner_product(row, row + n, row, 0.0); }
double l1(Row row, std::size_t n) {
  return std::accumulate(row, row + n, 0.0, [](double l, double x) { return l + std::abs(x); });
}
double l2(Row row, std::size_t n) { return std::sqrt(squares(row, n)); }
double log_sum(Row row, std::size_t n) { return std::log(sum(row, n)); }
double log_sum_exp(Row row, std::size_t n) {
  const double most = largest(row, n);
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) total += std::exp(row[i] - most);
  return most + std::log(total);
}

/// f of each row along the axes.
Values reduced_rows(const Constant& from, const std::vector<std::size_t>& axes,
                    double (*f)(Row, std::size_t)) {
  const Gathered gathered = gather(from, axes);
  Values values;
  for (std::size_t i = 0; i < gathered.kept; ++i) {
    values.push_back(f(gathered.values.data() + i * gathered.reduced, gathered.reduced));
  }
  return values;
}

template <double (*F)(Row, std::size_t)>
Constant reduce(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const Reduction reduction = reduction_of(node, from.dims);
  if (reduction.is_noop) return from;
  for (const std::size_t axis : reduction.axes) {
    if (from.dims[axis] == 0) node.broken("reduces nothing");
  }
  return made(from.type, reduced(from.dims, reduction), reduced_rows(from, reduction.axes, F));
}

/// f turns each row along the axes, in place.
template <class F>
Constant along(const Constant& from, const std::vector<std::size_t>& axes, const F& f) {
  Gathered gathered = gather(from, axes);
  for (std::size_t i = 0; i < gathered.kept; ++i) {
    f(gathered.values.data() + i * gathered.reduced, gathered.reduced);
  }
  Values values(gathered.values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[static_cast<std::size_t>(gathered.indices[i])] = gathered.values[i];
  }
  return made(from.type, from.dims, values);
}

template <bool kIsLog>
Constant softmax(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const auto [axis, to_the_last] = softmax_axes(node, from.dims.size());
  const auto axes = axes_from(axis, to_the_last ? from.dims.size() : axis + 1);
  return along(from, axes, [](double* row, std::size_t n) {
    const double log_sum = log_sum_exp(row, n);
    for (std::size_t i = 0; i < n; ++i)
      row[i] = kIsLog ? row[i] - log_sum : std::exp(row[i] - log_sum);
  });
}

Constant lp_normalization(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const auto p = node.integer("p", 2);
  if (p != 1 && p != 2) node.broken("p must be 1 or 2");
  return along(from, {node.axis(node.integer("axis", -1), from.dims.size())},
               [=](double* row, std::size_t n) {
                 const double norm = p == 1 ? l1(row, n) : l2(row, n);
                 for (std::size_t i = 0; i < n && norm != 0; ++i) row[i] /= norm;
               });
}

void standardise(double* row, std::size_t n, double epsilon) {
  const double middle = mean(row, n);
  for (std::size_t i = 0; i < n; ++i) row[i] -= middle;
  const double deviation = std::sqrt(squares(row, n) / static_cast<double>(n) + epsilon);
  for (std::size_t i = 0; i < n; ++i) row[i] /= deviation;
}

/// Of a per-channel parameter, the value that belongs to each element of dims [n, c, ..].
std::size_t channel_of(const Dims& dims, std::size_t index) {
  const Rows rows = rows_of(dims, 1, 2);
  return index / rows.inner % rows.size;
}

template <class F>
Constant per_channel(const Constant& from, const F& f) {
  Values values = values_of(from);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = f(values[i], channel_of(from.dims, i));
  return made(from.type, from.dims, values);
}

Values channel_values(const NodeReader& node, std::size_t index, const Dims& dims) {
  check_channel_values(node, index, dims);
  return values_of(node, index);
}

Constant batch_normalization(const NodeReader& node) {
  check_batch_normalization(node);
  const Constant& from = node.constant(0);
  const Values scale = channel_values(node, 1, from.dims);
  const Values shift = channel_values(node, 2, from.dims);
  const Values middle = channel_values(node, 3, from.dims);
  const Values variance = channel_values(node, 4, from.dims);
  const double epsilon = node.real("epsilon", 1e-5F);
  return per_channel(from, [&](double x, std::size_t c) {
    return scale[c] * (x - middle[c]) / std::sqrt(variance[c] + epsilon) + shift[c];
  });
}

Constant instance_normalization(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const double epsilon = node.real("epsilon", 1e-5F);
  const Values scale = channel_values(node, 1, from.dims);
  const Values shift = channel_values(node, 2, from.dims);
  const Constant standard =
      along(from, axes_from(2, from.dims.size()),
            [=](double* row, std::size_t n) { standardise(row, n, epsilon); });
  return per_channel(standard, [&](double x, std::size_t c) { return x * scale[c] + shift[c]; });
}

Constant layer_normalization(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const std::size_t axis = node.axis(node.integer("axis", -1), from.dims.size());
  const double epsilon = node.real("epsilon", 1e-5F);
  Constant result = along(from, axes_from(axis, from.dims.size()),
                          [=](double* row, std::size_t n) { standardise(row, n, epsilon); });
  Values values = values_of(result);
  for (std::size_t input = 1; input <= 2; ++input) {
    if (!node.has_input(input)) continue;
    const Constant& given = node.constant(input);
    const Dims target = broadcast(node, from.dims, given.dims);
    const Values factors = values_of(taken(given, target, broadcast_indices(given.dims, target)));
    if (target != from.dims) node.broken("its parameters do not fit " + to_string(from.dims));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = input == 1 ? values[i] * factors[i] : values[i] + factors[i];
    }
  }
  return made(from.type, from.dims, values);
}

/// Krizhevsky et al. 2012: x / (bias + alpha / size * sum of squares of `size` channels)^beta.
Constant local_response_normalization(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const LocalResponse response = local_response(node, from.dims);
  return along(from, {1}, [&](double* row, std::size_t n) {
    const std::vector<double> given(row, row + n);
    for (std::size_t c = 0; c < n; ++c) {
      double total = 0;
      for (std::size_t i = 0; i < n; ++i) {
        if (response.reaches(c, i)) total += given[i] * given[i];
      }
      row[c] = given[c] / std::pow(response.bias + response.factor * total, response.beta);
    }
  });
}

template <double (*F)(Row, std::size_t)>
Constant global_pool(const NodeReader& node) {
  const Constant& from = node.constant(0);
  if (from.dims.size() < 3) node.unsupported("takes " + to_string(from.dims) + ", no image");
  Dims dims(from.dims.size(), 1);
  dims[0] = from.dims[0];
  dims[1] = from.dims[1];
  return made(from.type, dims, reduced_rows(from, axes_from(2, from.dims.size()), F));
}

}  // namespace

Evaluate find_reduction(const std::string& op) {
  static const std::map<std::string_view, Evaluate> table{
      {"BatchNormalization", batch_normalization},
      {"GlobalAveragePool", global_pool<mean>},
      {"GlobalMaxPool", global_pool<largest>},
      {"InstanceNormalization", instance_normalization},
      {"LRN", local_response_normalization},
      {"LayerNormalization", layer_normalization},
      {"LogSoftmax", softmax<true>},
      {"LpNormalization", lp_normalization},
      {"ReduceL1", reduce<l1>},
      {"ReduceL2", reduce<l2>},
      {"ReduceLogSum", reduce<log_sum>},
      {"ReduceLogSumExp", reduce<log_sum_exp>},
      {"ReduceMax", reduce<largest>},
      {"ReduceMean", reduce<mean>},
      {"ReduceMin", reduce<smallest>},
      {"ReduceProd", reduce<product>},
      {"ReduceSum", reduce<sum>},
      {"ReduceSumSquare", reduce<squares>},
      {"Softmax", softmax<false>},
  };
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace visavis::onnx_graph
