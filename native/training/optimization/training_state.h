#pragma once

#include <map>
#include <string>
#include <vector>

#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Named arrays: the state of an optimiser or of averaged weights, as a checkpoint keeps it.
using TrainingState = std::map<std::string, Array<float>>;

/// An array of a state and its name.
struct NamedArray {
  std::string name;
  Array<float>* array = nullptr;
};

/// Copies all arrays into a state.
TrainingState copy_state(const std::vector<NamedArray>& arrays);

/// Copies a state into arrays of the same names and shapes. All is checked before the first is
/// written: throws kModelMismatch, naming the array that is missing, of another shape, or unknown;
/// `owner` says whose state it is ("the optimiser").
void restore_state(const TrainingState& state, const std::vector<NamedArray>& arrays,
                   const std::string& owner);

/// Throws kInvalidArgument where two parameters share a name, since a state could not tell them
/// apart, or where value and gradient of one differ in shape.
void check_parameters(const std::vector<TrainableParameter<float>*>& parameters);

}  // namespace visavis
