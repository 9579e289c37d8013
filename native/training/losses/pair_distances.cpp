#include "native/training/losses/pair_distances.h"

#include "native/training/layers/matrix.h"

namespace visavis {

template <class T>
void pair_distances(const Array<T>& embeddings, ThreadPool& threads, Array<T>& distances) {
  const std::size_t n = embeddings.shape()[0];
  const ConstMatrixView<T> rows(embeddings.data(), index(n), index(embeddings.shape()[1]));
  distances.resize({n, n});
  // Both halves, each by itself: equal bits (the squares are), and equal work for every thread.
  threads.parallel_for(n, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        distances[i * n + j] = (rows.row(index(i)) - rows.row(index(j))).norm();
      }
    }
  });
}

template <class T>
void pair_gradients(const Array<T>& embeddings, const Array<T>& distances, const Array<T>& slopes,
                    ThreadPool& threads, Array<T>& gradient) {
  const std::size_t n = embeddings.shape()[0];
  const ConstMatrixView<T> rows(embeddings.data(), index(n), index(embeddings.shape()[1]));
  gradient.resize(embeddings.shape());
  MatrixView<T> to(gradient.data(), rows.rows(), rows.cols());
  threads.parallel_for(n, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      to.row(index(i)).setZero();
      for (std::size_t j = 0; j < n; ++j) {
        const T slope = slopes[i * n + j] + slopes[j * n + i];
        const T distance = distances[i * n + j];
        if (slope == T(0) || distance == T(0)) continue;
        to.row(index(i)) += (slope / distance) * (rows.row(index(i)) - rows.row(index(j)));
      }
    }
  });
}

template <class T>
void set_distance_figures(const Array<T>& distances, const std::vector<int>& labels,
                          LossFigures& figures) {
  const std::size_t n = labels.size();
  double sums[2] = {0, 0};  // [0] of different persons, [1] of one person.
  double counts[2] = {0, 0};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      if (labels[i] < 0 || labels[j] < 0) continue;
      const int is_same = labels[i] == labels[j] ? 1 : 0;
      sums[is_same] += static_cast<double>(distances[i * n + j]);
      counts[is_same] += 1;
    }
  }
  if (counts[1] > 0) figures["positive distance"] = sums[1] / counts[1];
  if (counts[0] > 0) figures["negative distance"] = sums[0] / counts[0];
}

#define VISAVIS_INSTANTIATE(T)                                                                    \
  template void pair_distances<T>(const Array<T>&, ThreadPool&, Array<T>&);                       \
  template void pair_gradients<T>(const Array<T>&, const Array<T>&, const Array<T>&, ThreadPool&, \
                                  Array<T>&);                                                     \
  template void set_distance_figures<T>(const Array<T>&, const std::vector<int>&, LossFigures&);
VISAVIS_INSTANTIATE(float)
VISAVIS_INSTANTIATE(double)
#undef VISAVIS_INSTANTIATE

}  // namespace visavis
