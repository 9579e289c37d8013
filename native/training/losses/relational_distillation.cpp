#include "native/training/losses/relational_distillation.h"

#include <cmath>

#include "native/training/layers/slice_sums.h"
#include "native/training/losses/pair_distances.h"

namespace visavis {
namespace {

constexpr std::size_t kLargestGroup = 128;

double huber(double x) {
  const double size = std::abs(x);
  return size <= 1 ? x * x / 2 : size - 0.5;
}
double huber_slope(double x) { return x < -1 ? -1 : x > 1 ? 1 : x; }

template <class From>
Array<double> to_double(const Array<From>& values) {
  Array<double> doubles(values.shape());
  for (std::size_t i = 0; i < values.size(); ++i) doubles[i] = static_cast<double>(values[i]);
  return doubles;
}

/// Both losses are functions of the distances alone: the angle at j between i and k has, by the law
/// of cosines, (d_ij^2 + d_kj^2 - d_ik^2) / (2 d_ij d_kj). In double, as that cancels. 0 where a
/// side has no length.
double angle_cosine(double ij, double kj, double ik) {
  if (ij == 0 || kj == 0) return 0;
  return (ij * ij + kj * kj - ik * ik) / (2 * ij * kj);
}

double mean_distance(const Array<double>& distances) {
  const std::size_t n = distances.shape()[0];
  double sum = 0;
  for (std::size_t i = 0; i < distances.size(); ++i) sum += distances[i];
  return sum / static_cast<double>(n * (n - 1));
}

template <class T>
class RelationalLoss final : public Loss<T> {
 public:
  RelationalLoss(const RelationalOptions& options, ThreadPool& threads)
      : options_(options), threads_(threads) {}

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    const std::size_t n = check_taught_batch(embeddings.shape(), labels, 0);
    const Array<double> rows = to_double(embeddings);
    pair_distances(rows, threads_, student_);
    pair_distances(to_double(labels.teacher), threads_, teacher_);
    slopes_.resize({n, n});
    slopes_.fill(0);
    const double distance = options_.distance > 0 && n > 1 ? distance_loss(n) : 0;
    const double angle = options_.angle > 0 && n > 2 ? angle_loss(n) : 0;
    figures_ = {{"relational distance", distance}, {"relational angle", angle}};

    Array<double> exact;
    pair_gradients(rows, student_, slopes_, threads_, exact);
    gradient.resize(embeddings.shape());
    for (std::size_t i = 0; i < exact.size(); ++i) gradient[i] = static_cast<T>(exact[i]);
    return options_.distance * distance + options_.angle * angle;
  }

  LossFigures figures() const override { return figures_; }

 private:
  // Mean over pairs of huber(s / mean s - t / mean t); the mean over (i, j) and (j, i) is the same.
  double distance_loss(std::size_t n) {
    const double student_mean = mean_distance(student_);
    const double teacher_mean = mean_distance(teacher_);
    const double student_unit = student_mean == 0 ? 0 : 1 / student_mean;
    const double teacher_unit = teacher_mean == 0 ? 0 : 1 / teacher_mean;
    const double share = 1 / static_cast<double>(n * (n - 1));
    double loss = 0;
    double along = 0;  // Sum of slope * s: the way through the mean.
    for (std::size_t i = 0; i < n * n; ++i) {
      const double difference = student_[i] * student_unit - teacher_[i] * teacher_unit;
      loss += share * huber(difference);
      along += huber_slope(difference) * student_[i] * student_unit;
    }
    for (std::size_t i = 0; i < n * n; ++i) {
      if (i % (n + 1) == 0) continue;  // A row and itself.
      const double difference = student_[i] * student_unit - teacher_[i] * teacher_unit;
      slopes_[i] +=
          options_.distance * share * student_unit * (huber_slope(difference) - share * along);
    }
    return loss;
  }

  // Row i is in group i mod groups, so that one person's photos, which lie together, are not all in
  // one.
  double angle_loss(std::size_t n) {
    const std::size_t groups = (n + kLargestGroup - 1) / kLargestGroup;
    double trios = 0;
    for (std::size_t group = 0; group < groups; ++group) {
      const std::size_t size = (n - group + groups - 1) / groups;
      const auto members = static_cast<double>(size);
      trios += members * (members - 1) * (members - 2) / 2;
    }
    if (trios == 0) return 0;
    sums_.reset(threads_.threads(), n * n);
    losses_.assign(n, 0);
    threads_.parallel_for(n, [&](int slice, std::size_t begin, std::size_t end) {
      for (std::size_t j = begin; j < end; ++j) {
        losses_[j] = angles_at(j, n, groups, 1 / trios, sums_.slice(slice));
      }
    });
    sums_.add_to(slopes_.data());
    double loss = 0;
    for (const double row : losses_) loss += row;
    return loss;
  }

  double angles_at(std::size_t j, std::size_t n, std::size_t groups, double share, double* slopes) {
    const double* student_from_j = student_.data() + j * n;
    const double* teacher_from_j = teacher_.data() + j * n;
    double loss = 0;
    for (std::size_t i = j % groups; i < n; i += groups) {
      for (std::size_t k = i + groups; k < n; k += groups) {
        if (i == j || k == j) continue;
        const double ij = student_from_j[i];
        const double kj = student_from_j[k];
        const double ik = student_[i * n + k];
        const double cosine = angle_cosine(ij, kj, ik);
        const double difference =
            cosine - angle_cosine(teacher_from_j[i], teacher_from_j[k], teacher_[i * n + k]);
        loss += share * huber(difference);
        if (ij == 0 || kj == 0) continue;
        const double slope = options_.angle * share * huber_slope(difference);
        slopes[j * n + i] += slope * (1 / kj - cosine / ij);
        slopes[j * n + k] += slope * (1 / ij - cosine / kj);
        slopes[i * n + k] -= slope * ik / (ij * kj);
      }
    }
    return loss;
  }

  RelationalOptions options_;
  ThreadPool& threads_;
  Array<double> student_;  // [n, n]
  Array<double> teacher_;  // [n, n]
  Array<double> slopes_;   // [n, n]
  SliceSums<double> sums_;
  std::vector<double> losses_;
  LossFigures figures_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_relational_loss(const RelationalOptions& options,
                                              ThreadPool& threads) {
  return std::make_unique<RelationalLoss<T>>(options, threads);
}

template std::unique_ptr<Loss<float>> make_relational_loss<float>(const RelationalOptions&,
                                                                  ThreadPool&);
template std::unique_ptr<Loss<double>> make_relational_loss<double>(const RelationalOptions&,
                                                                    ThreadPool&);

}  // namespace visavis
