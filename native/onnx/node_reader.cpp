#include "native/onnx/node_reader.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "core/base/error.h"

namespace visavis::onnx_graph {
namespace {

template <class T>
const T& typed(const NodeReader& node, const char* name, const Attribute& attribute,
               const char* kind) {
  const auto* value = std::get_if<T>(&attribute);
  if (value == nullptr) node.broken(std::string("attribute ") + name + " is no " + kind);
  return *value;
}

}  // namespace

std::string NodeReader::where() const {
  const std::string& output = node_.outputs.empty() ? node_.name : node_.outputs[0];
  return source_ + ": operator " + node_.op +
         (node_.name.empty() ? " (output '" + output + "')" : " (node '" + node_.name + "')");
}

void NodeReader::unsupported(const std::string& what) const {
  throw Error(ErrorCode::kUnsupported, where() + " " + what);
}

void NodeReader::broken(const std::string& what) const {
  throw Error(ErrorCode::kInvalidArgument, where() + ": " + what);
}

const Attribute* NodeReader::attribute(const char* name) const {
  const auto found = node_.attributes.find(name);
  return found == node_.attributes.end() ? nullptr : &found->second;
}

std::int64_t NodeReader::integer(const char* name, std::int64_t otherwise) const {
  const Attribute* found = attribute(name);
  return found == nullptr ? otherwise : typed<std::int64_t>(*this, name, *found, "integer");
}

float NodeReader::real(const char* name, float otherwise) const {
  const Attribute* found = attribute(name);
  return found == nullptr ? otherwise : typed<float>(*this, name, *found, "number");
}

std::string NodeReader::text(const char* name, const std::string& otherwise) const {
  const Attribute* found = attribute(name);
  return found == nullptr ? otherwise : typed<std::string>(*this, name, *found, "text");
}

Dims NodeReader::integers(const char* name, const Dims& otherwise) const {
  const Attribute* found = attribute(name);
  return found == nullptr ? otherwise : typed<Dims>(*this, name, *found, "list of integers");
}

std::vector<float> NodeReader::reals(const char* name, const std::vector<float>& otherwise) const {
  const Attribute* found = attribute(name);
  return found == nullptr ? otherwise
                          : typed<std::vector<float>>(*this, name, *found, "list of numbers");
}

bool NodeReader::has_input(std::size_t index) const {
  return index < node_.inputs.size() && !node_.inputs[index].empty();
}

const std::string& NodeReader::input_name(std::size_t index) const {
  if (!has_input(index)) broken("input " + std::to_string(index) + " is missing");
  return node_.inputs[index];
}

bool NodeReader::is_constant(std::size_t index) const {
  return has_input(index) && constants_.contains(node_.inputs[index]);
}

const Constant& NodeReader::constant(std::size_t index) const {
  const std::string& name = input_name(index);
  const auto found = constants_.find(name);
  if (found == constants_.end()) {
    unsupported("computes its input '" + name + "' while running; only constants are supported");
  }
  if (const auto* unreadable = std::get_if<Unreadable>(&found->second.values)) {
    throw Error(unreadable->code, where() + ": its tensor '" + name + "' " + unreadable->problem);
  }
  return found->second;
}

std::vector<float> NodeReader::numbers(std::size_t index) const {
  const Constant& found = constant(index);
  if (const auto* floats = std::get_if<std::vector<float>>(&found.values)) return *floats;
  if (const auto* doubles = std::get_if<std::vector<double>>(&found.values)) {
    return {doubles->begin(), doubles->end()};
  }
  broken("input '" + node_.inputs[index] + "' holds integers, not weights");
}

std::vector<float> NodeReader::weights(std::size_t index) const {
  std::vector<float> values = numbers(index);
  const auto bad = std::find_if_not(values.begin(), values.end(),
                                    [](float value) { return std::isfinite(value); });
  if (bad != values.end()) {
    broken("tensor '" + node_.inputs[index] + "' holds a value that is not finite (number " +
           std::to_string(bad - values.begin()) + " of " + std::to_string(values.size()) +
           "); export the network again from sound weights");
  }
  return values;
}

float NodeReader::number(std::size_t index) const {
  const Constant& found = constant(index);
  return std::visit(
      [&](const auto& values) -> float {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, Unreadable>) {
          return 0;  // constant() has refused it.
        } else {
          if (values.size() != 1) {
            broken("input '" + node_.inputs[index] + "' must be one number");
          }
          return static_cast<float>(values[0]);
        }
      },
      found.values);
}

const Dims& NodeReader::constant_integers(std::size_t index) const {
  const Constant& found = constant(index);
  if (!found.is_integer()) broken("input '" + node_.inputs[index] + "' holds no integers");
  return std::get<1>(found.values);
}

Dims NodeReader::integers_or_input(const char* name, std::size_t index,
                                   const Dims& otherwise) const {
  return has_input(index) ? constant_integers(index) : integers(name, otherwise);
}

float NodeReader::real_or_input(const char* name, std::size_t index, float otherwise) const {
  return has_input(index) ? number(index) : real(name, otherwise);
}

std::size_t NodeReader::axis(std::int64_t given, std::size_t rank) const {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (given < -signed_rank || given >= signed_rank) {
    broken("axis " + std::to_string(given) + " does not exist in " + std::to_string(rank) +
           " dimensions");
  }
  return static_cast<std::size_t>(given < 0 ? given + signed_rank : given);
}

std::vector<std::size_t> NodeReader::axes(const Dims& given, std::size_t rank) const {
  std::vector<std::size_t> result;
  for (const std::int64_t one : given) result.push_back(axis(one, rank));
  std::sort(result.begin(), result.end());
  if (std::adjacent_find(result.begin(), result.end()) != result.end()) {
    broken("names an axis twice");
  }
  return result;
}

}  // namespace visavis::onnx_graph
