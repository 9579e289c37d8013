#pragma once

#include <Eigen/Core>
#include <cmath>

namespace visavis {

template <class T>
using LstmRows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Views of the weights of a long short-term memory with h units (Hochreiter and Schmidhuber 1997,
/// with the forget gate of Gers et al. 2000). Gates: input, forget, cell, output.
template <class T>
struct LstmWeights {
  Eigen::Map<const LstmRows<T>> input;                         ///< [4 h, inputs]
  Eigen::Map<const LstmRows<T>> recurrent;                     ///< [4 h, recurrent inputs]
  Eigen::Map<const Eigen::Matrix<T, 1, Eigen::Dynamic>> bias;  ///< [4 h]
};

/// One step for n rows at once. Activates `gates` [n, 4 h] in place (sigmoid; the cell's by tanh)
/// and updates `cell` [n, h]. Returns the new hidden state [n, h], output * tanh(cell). Shared by
/// training and inference: one formula.
template <class T, class Inputs, class Recurrent>
LstmRows<T> lstm_step(const LstmWeights<T>& weights, const Inputs& inputs,
                      const Recurrent& recurrent, LstmRows<T>& gates, LstmRows<T>& cell) {
  const Eigen::Index h = weights.bias.size() / 4;
  gates.noalias() = inputs * weights.input.transpose();
  gates.noalias() += recurrent * weights.recurrent.transpose();
  gates.rowwise() += weights.bias;
  const auto sigmoid = [](T x) { return T(0.5) * (T(1) + std::tanh(T(0.5) * x)); };
  gates.leftCols(2 * h) = gates.leftCols(2 * h).unaryExpr(sigmoid).eval();
  gates.middleCols(2 * h, h) = gates.middleCols(2 * h, h).array().tanh().matrix().eval();
  gates.rightCols(h) = gates.rightCols(h).unaryExpr(sigmoid).eval();
  cell = (gates.middleCols(h, h).array() * cell.array() +
          gates.leftCols(h).array() * gates.middleCols(2 * h, h).array())
             .matrix()
             .eval();
  return gates.rightCols(h).cwiseProduct(cell.array().tanh().matrix());
}

/// Replaces each row by its softmax.
template <class T>
void softmax_rows(LstmRows<T>& rows) {
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const T most = rows.row(i).maxCoeff();
    rows.row(i) = (rows.row(i).array() - most).exp().matrix().eval();
    rows.row(i) /= rows.row(i).sum();
  }
}

}  // namespace visavis
