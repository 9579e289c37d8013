#include "native/training/optimization/training_state.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"

namespace visavis {
namespace {

std::string in_words(const Shape& shape) {
  std::string text = "[";
  for (const std::size_t dimension : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(dimension);
  }
  return text + "]";
}

Error mismatch(const std::string& owner, const std::string& problem) {
  return Error(ErrorCode::kModelMismatch,
               "the saved state does not fit " + owner + ": " + problem +
                   "; resume with the architecture, loss and optimiser it was saved with");
}

void check_fits(const TrainingState& state, const NamedArray& target, const std::string& owner) {
  const auto found = state.find(target.name);
  if (found == state.end()) throw mismatch(owner, "array '" + target.name + "' is missing");
  if (found->second.shape() != target.array->shape()) {
    throw mismatch(owner, "array '" + target.name + "' has shape " +
                              in_words(found->second.shape()) + " where " +
                              in_words(target.array->shape()) + " is needed");
  }
}

}  // namespace

TrainingState copy_state(const std::vector<NamedArray>& arrays) {
  TrainingState state;
  for (const NamedArray& source : arrays) state.emplace(source.name, *source.array);
  return state;
}

void restore_state(const TrainingState& state, const std::vector<NamedArray>& arrays,
                   const std::string& owner) {
  std::set<std::string> known;
  for (const NamedArray& target : arrays) {
    check_fits(state, target, owner);
    known.insert(target.name);
  }
  for (const auto& [name, array] : state) {
    if (!known.contains(name)) throw mismatch(owner, "array '" + name + "' is unknown to it");
  }
  for (const NamedArray& target : arrays) {
    const Array<float>& source = state.at(target.name);
    std::copy(source.data(), source.data() + source.size(), target.array->data());
  }
}

void check_parameters(const std::vector<TrainableParameter<float>*>& parameters) {
  std::set<std::string> names;
  for (const TrainableParameter<float>* parameter : parameters) {
    if (!names.insert(parameter->name).second) {
      throw Error(ErrorCode::kInvalidArgument,
                  "two parameters are named '" + parameter->name + "'; names must differ");
    }
    if (parameter->is_trained && parameter->gradient.shape() != parameter->value.shape()) {
      throw Error(ErrorCode::kInvalidArgument,
                  "parameter '" + parameter->name + "' has shape " +
                      in_words(parameter->value.shape()) + " and a gradient of shape " +
                      in_words(parameter->gradient.shape()) + "; they must be the same");
    }
  }
}

}  // namespace visavis
