#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <string_view>
#include <type_traits>
#include <utility>

#include "native/onnx/evaluators.h"

namespace visavis::onnx_graph {
namespace {

/// f of each value. Computed in double and rounded once, which for + - * / and roots is what float
/// arithmetic gives.
template <class F>
Constant mapped(const Constant& from, const F& f) {
  Constant result{from.dims, {}, from.type};
  std::visit(
      [&](const auto& values) {
        using List = std::decay_t<decltype(values)>;
        if constexpr (!std::is_same_v<List, Unreadable>) {
          List list;
          list.reserve(values.size());
          for (const auto value : values) {
            list.push_back(static_cast<typename List::value_type>(f(static_cast<double>(value))));
          }
          result.values = std::move(list);
        }
      },
      from.values);
  return result;
}

template <auto F>
Constant unary(const NodeReader& node) {
  return mapped(node.constant(0), F);
}

double relu(double x) { return std::max(x, 0.0); }
double sign(double x) { return x > 0 ? 1 : (x < 0 ? -1 : 0); }
double softplus(double x) { return relu(x) + std::log1p(std::exp(-std::abs(x))); }

Constant gelu(const NodeReader& node) {
  if (node.text("approximate", "none") == "tanh") {
    return mapped(node.constant(0), [](double x) {
      const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
      return 0.5 * x * (1 + std::tanh(inner));
    });
  }
  return mapped(node.constant(0),
                [](double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); });
}

Constant leaky_relu(const NodeReader& node) {
  const double alpha = node.real("alpha", 0.01F);
  return mapped(node.constant(0), [=](double x) { return x < 0 ? alpha * x : x; });
}
Constant elu(const NodeReader& node) {
  const double alpha = node.real("alpha", 1);
  return mapped(node.constant(0), [=](double x) { return x < 0 ? alpha * std::expm1(x) : x; });
}
Constant celu(const NodeReader& node) {
  const double alpha = node.real("alpha", 1);
  return mapped(node.constant(0),
                [=](double x) { return x < 0 ? alpha * std::expm1(x / alpha) : x; });
}
Constant selu(const NodeReader& node) {
  const double alpha = node.real("alpha", 1.67326319217681884765625F);
  const double gamma = node.real("gamma", 1.05070102214813232421875F);
  return mapped(node.constant(0),
                [=](double x) { return gamma * (x < 0 ? alpha * std::expm1(x) : x); });
}
Constant thresholded_relu(const NodeReader& node) {
  const double alpha = node.real("alpha", 1);
  return mapped(node.constant(0), [=](double x) { return x > alpha ? x : 0; });
}
Constant hard_sigmoid(const NodeReader& node) {
  const double alpha = node.real("alpha", 0.2F);
  const double beta = node.real("beta", 0.5F);
  return mapped(node.constant(0), [=](double x) { return std::clamp(alpha * x + beta, 0.0, 1.0); });
}
Constant clip(const NodeReader& node) {
  const double low = node.real_or_input("min", 1, -INFINITY);
  const double high = node.real_or_input("max", 2, INFINITY);
  return mapped(node.constant(0), [=](double x) { return std::min(std::max(x, low), high); });
}

Constant cast(const NodeReader& node) {
  const auto to = static_cast<ElementType>(node.integer("to", 0));
  const Constant& from = node.constant(0);
  if (to == from.type) return from;
  if (!is_known(to)) node.unsupported("casts to a type that is not supported");
  return made(to, from.dims, values_of(from));
}

/// f of two broadcast lists of one type.
template <class T, class F>
Values combined(const std::vector<T>& a, const Dims& a_index, const std::vector<T>& b,
                const Dims& b_index, const F& f) {
  Values values;
  values.reserve(a_index.size());
  for (std::size_t i = 0; i < a_index.size(); ++i) {
    values.push_back(f(static_cast<double>(a[static_cast<std::size_t>(a_index[i])]),
                       static_cast<double>(b[static_cast<std::size_t>(b_index[i])])));
  }
  return values;
}

template <class F>
Constant combine(const NodeReader& node, const Constant& a, const Constant& b, const F& f,
                 ElementType type) {
  if (a.values.index() != b.values.index() && !a.is_integer() && !b.is_integer()) {
    const Constant wide_a{a.dims, values_of(a), ElementType::kDouble};
    const Constant wide_b{b.dims, values_of(b), ElementType::kDouble};
    return combine(node, wide_a, wide_b, f, type);
  }
  if (a.values.index() != b.values.index()) {
    node.broken("mixes " + to_string(a.type) + " with " + to_string(b.type));
  }
  const Dims b_dims = second_operand_dims(node, a.dims, b.dims);
  const Dims dims = broadcast(node, a.dims, b_dims);
  const Dims a_index = broadcast_indices(a.dims, dims);
  const Dims b_index = broadcast_indices(b_dims, dims);
  return std::visit(
      [&](const auto& values) -> Constant {
        using List = std::decay_t<decltype(values)>;
        if constexpr (std::is_same_v<List, Unreadable>) {
          return a;
        } else {
          const List& others = std::get<List>(b.values);
          return made(type, dims, combined(values, a_index, others, b_index, f));
        }
      },
      a.values);
}

template <auto F>
Constant binary(const NodeReader& node) {
  const Constant& a = node.constant(0);
  return combine(node, a, node.constant(1), F, a.type);
}

template <auto F>
Constant comparison(const NodeReader& node) {
  return combine(node, node.constant(0), node.constant(1), F, ElementType::kBool);
}

Constant divide(const NodeReader& node) {
  const Constant& a = node.constant(0);
  const Constant& b = node.constant(1);
  if (!a.is_integer()) {
    return combine(node, a, b, std::divides<>{}, a.type);
  }
  const Values divisors = values_of(b);
  if (std::find(divisors.begin(), divisors.end(), 0.0) != divisors.end()) {
    node.broken("divides by zero");
  }
  return combine(
      node, a, b, [](double x, double y) { return std::trunc(x / y); }, a.type);
}

/// Python's sign (of the divisor) for integers, C's with fmod.
Constant modulus(const NodeReader& node) {
  const Constant& a = node.constant(0);
  const bool is_c = node.integer("fmod", 0) != 0;
  return combine(
      node, a, node.constant(1),
      [=](double x, double y) { return is_c ? std::fmod(x, y) : x - y * std::floor(x / y); },
      a.type);
}

Constant power(const NodeReader& node) {
  const auto raised = [](double x, double y) { return std::pow(x, y); };
  const Constant& a = node.constant(0);
  const Constant& b = node.constant(1);
  if (a.is_integer() && !b.is_integer()) {
    const Constant wide{a.dims, values_of(a), ElementType::kDouble};
    const Constant given{b.dims, values_of(b), ElementType::kDouble};
    return combine(node, wide, given, raised, a.type);
  }
  return combine(node, a, made(a.type, b.dims, values_of(b)), raised, a.type);
}

/// Sum, Max, Min, Mean: of one or more.
template <auto F>
Constant variadic(const NodeReader& node) {
  Constant result = node.constant(0);
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    result = combine(node, result, node.constant(i), F, result.type);
  }
  return result;
}

Constant mean(const NodeReader& node) {
  const auto count = static_cast<double>(node.input_count());
  return mapped(variadic<std::plus<>{}>(node), [=](double x) { return x / count; });
}

Constant prelu(const NodeReader& node) {
  const Constant& x = node.constant(0);
  Constant slope = node.constant(1);
  slope.dims = slope_dims(node, slope.dims, x.dims);
  return combine(
      node, x, slope, [](double v, double s) { return v < 0 ? v * s : v; }, x.type);
}

Constant where(const NodeReader& node) {
  const Constant& condition = node.constant(0);
  const Constant& x = node.constant(1);
  const Constant& y = node.constant(2);
  if (x.values.index() != y.values.index()) node.broken("mixes two types");
  const Dims dims = broadcast(node, broadcast(node, condition.dims, x.dims), y.dims);
  const Constant from_x = taken(x, dims, broadcast_indices(x.dims, dims));
  const Constant from_y = taken(y, dims, broadcast_indices(y.dims, dims));
  const Constant chosen = taken(condition, dims, broadcast_indices(condition.dims, dims));
  const Values choices = values_of(chosen);
  Constant result = from_y;
  std::visit(
      [&](auto& values) {
        using List = std::decay_t<decltype(values)>;
        if constexpr (!std::is_same_v<List, Unreadable>) {
          const List& others = std::get<List>(from_x.values);
          for (std::size_t i = 0; i < choices.size(); ++i) {
            if (choices[i] != 0) values[i] = others[i];
          }
        }
      },
      result.values);
  return result;
}

}  // namespace

Evaluate find_elementwise(const std::string& op) {
  static const std::map<std::string_view, Evaluate> table{
      {"Abs", unary<[](double x) { return std::abs(x); }>},
      {"Add", binary<std::plus<>{}>},
      {"And", comparison<std::logical_and<>{}>},
      {"Cast", cast},
      {"Ceil", unary<[](double x) { return std::ceil(x); }>},
      {"Celu", celu},
      {"Clip", clip},
      {"Cos", unary<[](double x) { return std::cos(x); }>},
      {"Div", divide},
      {"Elu", elu},
      {"Equal", comparison<std::equal_to<>{}>},
      {"Erf", unary<[](double x) { return std::erf(x); }>},
      {"Exp", unary<[](double x) { return std::exp(x); }>},
      {"Floor", unary<[](double x) { return std::floor(x); }>},
      {"Gelu", gelu},
      {"Greater", comparison<std::greater<>{}>},
      {"GreaterOrEqual", comparison<std::greater_equal<>{}>},
      {"HardSigmoid", hard_sigmoid},
      {"HardSwish", unary<[](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }>},
      {"LeakyRelu", leaky_relu},
      {"Less", comparison<std::less<>{}>},
      {"LessOrEqual", comparison<std::less_equal<>{}>},
      {"Log", unary<[](double x) { return std::log(x); }>},
      {"Max", variadic<[](double x, double y) { return std::max(x, y); }>},
      {"Mean", mean},
      {"Min", variadic<[](double x, double y) { return std::min(x, y); }>},
      {"Mish", unary<[](double x) { return x * std::tanh(softplus(x)); }>},
      {"Mod", modulus},
      {"Mul", binary<std::multiplies<>{}>},
      {"Neg", unary<std::negate<>{}>},
      {"Not", unary<std::logical_not<>{}>},
      {"Or", comparison<std::logical_or<>{}>},
      {"PRelu", prelu},
      {"Pow", power},
      {"Reciprocal", unary<[](double x) { return 1 / x; }>},
      {"Relu", unary<relu>},
      {"Round", unary<[](double x) { return std::nearbyint(x); }>},
      {"Selu", selu},
      {"Sigmoid", unary<[](double x) { return 1 / (1 + std::exp(-x)); }>},
      {"Sign", unary<sign>},
      {"Sin", unary<[](double x) { return std::sin(x); }>},
      {"Softplus", unary<softplus>},
      {"Softsign", unary<[](double x) { return x / (1 + std::abs(x)); }>},
      {"Sqrt", unary<[](double x) { return std::sqrt(x); }>},
      {"Sub", binary<std::minus<>{}>},
      {"Sum", variadic<std::plus<>{}>},
      {"Tanh", unary<[](double x) { return std::tanh(x); }>},
      {"ThresholdedRelu", thresholded_relu},
      {"Where", where},
      {"Xor", comparison<[](double x, double y) { return (x != 0) != (y != 0); }>},
  };
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace visavis::onnx_graph
