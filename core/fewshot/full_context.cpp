#include "core/fewshot/full_context.h"

#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/fewshot/lstm.h"

namespace visavis {
namespace {

using Rows = LstmRows<float>;
using ConstRows = Eigen::Map<const Rows>;

Eigen::Index index(std::size_t value) { return static_cast<Eigen::Index>(value); }

LstmWeights<float> weights_of(const Parameters& parameters, const std::string& name) {
  const auto matrix = [](const Tensor& tensor) {
    return ConstRows(tensor.data(), index(tensor.shape()[0]), index(tensor.shape()[1]));
  };
  const Tensor& bias = parameters.at(name + ".bias");
  return {matrix(parameters.at(name + ".input")),
          matrix(parameters.at(name + ".recurrent")),
          {bias.data(), index(bias.size())}};
}

ConstRows rows_of(std::span<const float> values, std::size_t length, const char* what) {
  if (values.empty() || values.size() % length != 0) {
    throw Error(ErrorCode::kInvalidArgument,
                "full context: " + std::to_string(values.size()) + " values are no " + what +
                    " of embeddings of length " + std::to_string(length));
  }
  return {values.data(), index(values.size() / length), index(length)};
}

/// Adds the hidden states of a walk through `rows` to `sum`.
void add_hidden_states(const LstmWeights<float>& weights, const ConstRows& rows, bool is_backward,
                       Rows& sum) {
  Rows hidden = Rows::Zero(1, rows.cols());
  Rows cell = hidden;
  Rows gates(1, 4 * rows.cols());
  for (Eigen::Index step = 0; step < rows.rows(); ++step) {
    const Eigen::Index i = is_backward ? rows.rows() - 1 - step : step;
    hidden = lstm_step(weights, rows.row(i), hidden, gates, cell);
    sum.row(i) += hidden;
  }
}

std::vector<float> values_of(const Rows& rows) { return {rows.data(), rows.data() + rows.size()}; }

}  // namespace

FullContext::FullContext(FewShotHead head) : head_(std::move(head)) {
  const auto bias = head_.parameters.find("context.forward.bias");
  if (head_.kind != FewShotHeadKind::kFullContext || bias == head_.parameters.end()) {
    throw Error(ErrorCode::kInvalidArgument,
                "full context: the model's few-shot head is '" + to_string(head_.kind) +
                    "'; train one with --loss matching:full-context=true");
  }
  length_ = bias->second.size() / 4;
  check_head(head_, length_);
}

std::vector<float> FullContext::support(std::span<const float> rows) const {
  const ConstRows plain = rows_of(rows, length_, "support");
  Rows sum = plain;
  add_hidden_states(weights_of(head_.parameters, "context.forward"), plain, false, sum);
  add_hidden_states(weights_of(head_.parameters, "context.backward"), plain, true, sum);
  return values_of(sum);
}

std::vector<float> FullContext::queries(std::span<const float> rows,
                                        std::span<const float> support_in_context) const {
  const ConstRows plain = rows_of(rows, length_, "queries");
  const ConstRows support = rows_of(support_in_context, length_, "support");
  const LstmWeights<float> weights = weights_of(head_.parameters, "context.attention");
  Rows hidden = plain;
  Rows cell = Rows::Zero(plain.rows(), plain.cols());
  Rows recurrent(plain.rows(), 2 * plain.cols());
  Rows gates(plain.rows(), 4 * plain.cols());
  for (int step = 0; step < head_.steps; ++step) {
    Rows attention = hidden * support.transpose();
    softmax_rows(attention);
    recurrent.leftCols(plain.cols()) = hidden;
    recurrent.rightCols(plain.cols()).noalias() = attention * support;
    hidden = lstm_step(weights, plain, recurrent, gates, cell) + plain;
  }
  return values_of(hidden);
}

}  // namespace visavis
