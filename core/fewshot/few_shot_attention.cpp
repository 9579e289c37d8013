#include "core/fewshot/few_shot_attention.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "core/base/parse_number.h"

namespace visavis {
namespace {

ConstRows rows_of(std::span<const float> values, std::size_t length) {
  return {values.data(), static_cast<Eigen::Index>(values.size() / length),
          static_cast<Eigen::Index>(length)};
}

/// Of the query with every key.
Eigen::VectorXf similarities(const AttentionKeys& keys, std::span<const float> query,
                             Similarity similarity) {
  const ConstRows rows = rows_of(keys.rows, query.size());
  const Eigen::Map<const Eigen::VectorXf> q(query.data(), rows.cols());
  Eigen::VectorXf values(rows.rows());
  if (similarity == Similarity::kCosine) {
    const Eigen::Map<const Eigen::ArrayXf> inverse(keys.inverse_norms.data(), rows.rows());
    values.noalias() = rows * q;
    values.array() *= inverse * inverse_norm(q.norm());
    return values;
  }
  // Not |q|^2 + |k|^2 - 2 q . k, one product for all: near a key nothing but rounding would be left
  // of it, and as much memory is read either way, which is what takes the time.
  for (Eigen::Index k = 0; k < rows.rows(); ++k) {
    values[k] = -(rows.row(k).transpose() - q).squaredNorm();
  }
  return values;
}

double distance_of(double similarity, Similarity kind) {
  return std::sqrt(std::max(0.0, kind == Similarity::kCosine ? 2 - 2 * similarity : -similarity));
}

}  // namespace

std::vector<float> inverse_norms(std::span<const float> rows, std::size_t length) {
  std::vector<float> norms;
  for (std::size_t at = 0; at < rows.size(); at += length) {
    norms.push_back(inverse_norm(
        Eigen::Map<const Eigen::VectorXf>(rows.data() + at, static_cast<Eigen::Index>(length))
            .norm()));
  }
  return norms;
}

void require_embedding(std::span<const float> values, std::size_t length, const std::string& what) {
  if (values.size() != length) {
    refuse("few-shot", what + " has an embedding of length " + std::to_string(values.size()) +
                           ", the support set's are of length " + std::to_string(length));
  }
  require_embeddings(values, length, what);
}

void require_embeddings(std::span<const float> rows, std::size_t length, const std::string& what) {
  if (rows.size() % length != 0) {
    refuse("few-shot", what + ": " + std::to_string(rows.size()) +
                           " values are no whole number of embeddings of length " +
                           std::to_string(length));
  }
  // Below that, squared distances are finite.
  constexpr float kLargestSquare = std::numeric_limits<float>::max() / 8;
  const ConstRows matrix = rows_of(rows, length);
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    if (!(matrix.row(i).squaredNorm() < kLargestSquare)) {
      refuse("few-shot", what + " has an embedding that is not finite");
    }
  }
}

void require_options(const FewShotOptions& options) {
  require_number("few-shot: the scale of similarities", options.scale, kPositiveRange);
  if (options.rejection_distance && !(*options.rejection_distance > 0)) {
    refuse("few-shot",
           "the rejection distance " +
               out_of_range_text(kPositiveRange, number_text(*options.rejection_distance)));
  }
}

std::vector<RankedClass> weigh_classes(const std::vector<SupportClass>& classes,
                                       const AttentionKeys& keys, std::span<const float> query,
                                       const FewShotOptions& options) {
  const Eigen::VectorXf values = similarities(keys, query, options.similarity);
  const double maximum = values.maxCoeff();
  const auto weight = [&](double value) { return std::exp(options.scale * (value - maximum)); };
  std::vector<RankedClass> weighed(classes.size());
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const bool by_prototype = options.method == FewShotMethod::kPrototypes;
    const auto own = values.segment(static_cast<Eigen::Index>(by_prototype ? c : classes[c].first),
                                    static_cast<Eigen::Index>(by_prototype ? 1 : classes[c].shots));
    const double best = own.maxCoeff();
    weighed[c] = {c, 0, distance_of(best, options.similarity)};
    if (options.method == FewShotMethod::kMatching) {
      for (const float value : own) weighed[c].probability += weight(value);
    } else {
      weighed[c].probability = weight(best);
    }
  }
  return weighed;
}

FewShotAnswer make_answer(std::vector<RankedClass> weighed, const FewShotOptions& options) {
  double sum = 0;
  for (const RankedClass& entry : weighed) sum += entry.probability;
  for (RankedClass& entry : weighed) {
    entry.probability = sum > 0 ? entry.probability / sum : 1 / static_cast<double>(weighed.size());
  }
  std::sort(weighed.begin(), weighed.end(), [](const RankedClass& a, const RankedClass& b) {
    if (a.probability != b.probability) return a.probability > b.probability;
    return a.distance != b.distance ? a.distance < b.distance : a.index < b.index;
  });
  FewShotAnswer answer;
  answer.ranking = std::move(weighed);
  answer.is_rejected = options.rejection_distance &&
                       !(answer.ranking.front().distance < *options.rejection_distance);
  return answer;
}

}  // namespace visavis
