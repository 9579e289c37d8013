#pragma once

#include <Eigen/Core>

namespace visavis {

/// Views of Array storage as row-major matrices: one row per pixel or sample, one column per
/// channel.
template <class T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using MatrixView = Eigen::Map<RowMajor<T>>;
template <class T>
using ConstMatrixView = Eigen::Map<const RowMajor<T>>;
template <class T>
using RowView = Eigen::Map<Eigen::Matrix<T, 1, Eigen::Dynamic>>;
template <class T>
using ConstRowView = Eigen::Map<const Eigen::Matrix<T, 1, Eigen::Dynamic>>;

inline Eigen::Index index(std::size_t value) { return static_cast<Eigen::Index>(value); }

}  // namespace visavis
