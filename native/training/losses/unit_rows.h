#pragma once

#include "native/training/layers/matrix.h"

namespace visavis {

/// The rows of a matrix scaled to length 1, with the backward pass. A row shorter than 1e-12 has no
/// direction: it becomes zero and gets no gradient.
template <class T>
struct UnitRows {
  RowMajor<T> rows;
  Eigen::Matrix<T, Eigen::Dynamic, 1> inverse_norms;  // 0 for a row without direction.

  template <class Matrix>
  void assign(const Matrix& matrix) {
    inverse_norms = matrix.rowwise().norm().unaryExpr(
        [](T norm) { return norm < T(1e-12) ? T(0) : T(1) / norm; });
    rows = inverse_norms.asDiagonal() * matrix;
  }

  /// Replaces d loss / d rows by d loss / d matrix: (g - u (u . g)) / norm.
  template <class Gradient>
  void backward(Gradient& gradient) const {
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
      const T along = rows.row(i).dot(gradient.row(i));
      gradient.row(i) = (gradient.row(i) - along * rows.row(i)) * inverse_norms[i];
    }
  }
};

}  // namespace visavis
