#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/model/similarity.h"
#include "core/network/network_spec.h"
#include "core/network/parameters.h"

namespace visavis {

/// A trained comparison of embeddings for few-shot tasks, which a model may hold beside its
/// network.
enum class FewShotHeadKind : std::uint8_t {
  kNone = 0,
  kFullContext = 1,  ///< core/fewshot/full_context.h
  kWeightedL1 = 2    ///< core/fewshot/weighted_l1.h
};

/// "none", "full context", "weighted L1".
std::string to_string(FewShotHeadKind kind);

/// A head trained with the network, for the embeddings it gives. Its parameters are named and
/// stored as the network's are.
struct FewShotHead {
  FewShotHeadKind kind = FewShotHeadKind::kNone;
  // Full context only.
  Similarity similarity = Similarity::kCosine;  ///< Of query and support, both in context.
  double scale = 1;                             ///< Of the similarities, as in training.
  int steps = 0;                                ///< Of the attention LSTM.
  Parameters parameters;
};

inline constexpr int kMaxContextSteps = 100;

/// Parameters of a head over embeddings of `length`. LSTM gates are in the order input, forget,
/// cell, output.
///   full context: "context.forward" and "context.backward" .input [4 length, length], .recurrent
///   [4 length, length], .bias [4 length]; "context.attention" the same, .recurrent
///   [4 length, 2 length]
///   weighted L1: "koch.alpha" [length], "koch.bias" [1]
std::vector<ParameterSpec> head_parameter_specs(FewShotHeadKind kind, std::size_t length);

/// Throws kInvalidArgument, naming what is wrong, unless the head's settings are in range and its
/// parameters are those of embeddings of `length`, finite, and no others.
void check_head(const FewShotHead& head, std::size_t length);

}  // namespace visavis
