#include "native/training/run/pair_sampling.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows per block of the matrix product.
constexpr std::size_t kBlock = 64;

/// Below this square distance, 2 - 2 a.b has lost too many digits to the subtraction, and the
/// difference itself is squared.
constexpr float kNear = 0.02F;

/// The embeddings by identity, then by position, so that the impostors of a row (among those after
/// it) are one run of columns: from the end of its person's rows to the last row.
struct SortedRows {
  RowMatrix rows;
  std::vector<std::size_t> person_end;  ///< For each row.
  std::vector<std::uint64_t>
      impostor_start;  ///< For each row, in the list of impostor pairs; one more.
  std::size_t genuine_pairs = 0;

  [[nodiscard]] std::size_t count() const { return person_end.size(); }
  [[nodiscard]] std::uint64_t impostor_pairs() const { return impostor_start.back(); }
};

SortedRows sort_rows(const std::vector<Embedding>& embeddings,
                     const std::vector<std::int32_t>& identity) {
  const std::size_t count = embeddings.size();
  if (count < 2) refuse("validation", "fewer than two photos; hold out more people");
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return identity[a] < identity[b]; });
  SortedRows sorted;
  const std::size_t length = embeddings.front().size();
  sorted.rows.resize(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(length));
  for (std::size_t i = 0; i < count; ++i) {
    const Embedding& embedding = embeddings[order[i]];
    if (embedding.size() != length || length == 0)
      refuse("validation", "embeddings of different lengths");
    std::copy(embedding.begin(), embedding.end(),
              sorted.rows.row(static_cast<Eigen::Index>(i)).data());
  }
  sorted.person_end.resize(count, count);
  for (std::size_t i = count - 1; i-- > 0;) {
    sorted.person_end[i] =
        identity[order[i]] == identity[order[i + 1]] ? sorted.person_end[i + 1] : i + 1;
  }
  sorted.impostor_start.push_back(0);
  for (std::size_t i = 0; i < count; ++i) {
    sorted.genuine_pairs += sorted.person_end[i] - i - 1;
    sorted.impostor_start.push_back(sorted.impostor_start.back() + count - sorted.person_end[i]);
  }
  if (sorted.genuine_pairs == 0)
    refuse("validation", "no two photos of one person; hold out people with two photos or more");
  if (sorted.impostor_pairs() == 0) refuse("validation", "one person only; hold out at least two");
  return sorted;
}

float direct_distance(const SortedRows& sorted, std::size_t a, std::size_t b) {
  return (sorted.rows.row(static_cast<Eigen::Index>(a)) -
          sorted.rows.row(static_cast<Eigen::Index>(b)))
      .norm();
}

std::vector<float> genuine_distances(const SortedRows& sorted) {
  std::vector<float> distances;
  distances.reserve(sorted.genuine_pairs);
  for (std::size_t i = 0; i < sorted.count(); ++i) {
    for (std::size_t j = i + 1; j < sorted.person_end[i]; ++j) {
      distances.push_back(direct_distance(sorted, i, j));
    }
  }
  return distances;
}

/// Rows [begin, end) against all their impostors, by one matrix product.
void measure_block(const SortedRows& sorted, std::size_t begin, std::size_t end,
                   std::vector<float>& distances) {
  const std::size_t first = sorted.person_end[begin];
  const auto columns = static_cast<Eigen::Index>(sorted.count() - first);
  const RowMatrix products = sorted.rows.middleRows(static_cast<Eigen::Index>(begin),
                                                    static_cast<Eigen::Index>(end - begin)) *
                             sorted.rows.bottomRows(columns).transpose();
  for (std::size_t i = begin; i < end; ++i) {
    float* out = distances.data() + sorted.impostor_start[i];
    const float* product = products.row(static_cast<Eigen::Index>(i - begin)).data();
    for (std::size_t j = sorted.person_end[i]; j < sorted.count(); ++j) {
      const float square = 2 - 2 * product[j - first];
      *out++ = square < kNear ? direct_distance(sorted, i, j) : std::sqrt(square);
    }
  }
}

std::vector<float> all_impostor_distances(const SortedRows& sorted, ThreadPool& pool) {
  std::vector<float> distances(sorted.impostor_pairs());
  const std::size_t blocks = (sorted.count() + kBlock - 1) / kBlock;
  const auto measure = [&](std::size_t block) {
    measure_block(sorted, block * kBlock, std::min(sorted.count(), (block + 1) * kBlock),
                  distances);
  };
  // Early rows have many columns after them, late ones few: a block from either end is even work.
  pool.parallel_for((blocks + 1) / 2, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      measure(block);
      if (blocks - 1 - block != block) measure(blocks - 1 - block);
    }
  });
  return distances;
}

/// One pair of each of `wanted` equal runs of the list of impostor pairs.
std::vector<float> sampled_impostor_distances(const SortedRows& sorted, std::uint64_t wanted,
                                              std::uint64_t seed, ThreadPool& pool) {
  std::vector<float> distances(wanted);
  const std::uint64_t total = sorted.impostor_pairs();
  pool.parallel_for(wanted, [&](int, std::size_t begin, std::size_t end) {
    std::size_t row = 0;
    for (std::size_t k = begin; k < end; ++k) {
      const std::uint64_t from = total / wanted * k + total % wanted * k / wanted;
      const std::uint64_t to = total / wanted * (k + 1) + total % wanted * (k + 1) / wanted;
      const std::uint64_t pair = from + mix64(seed, k) % (to - from);
      while (sorted.impostor_start[row + 1] <= pair) ++row;
      distances[k] = direct_distance(sorted, row,
                                     sorted.person_end[row] + (pair - sorted.impostor_start[row]));
    }
  });
  return distances;
}

}  // namespace

PairDistances measure_all_pairs(const std::vector<Embedding>& embeddings,
                                const std::vector<std::int32_t>& identity, std::size_t most_pairs,
                                std::uint64_t seed, ThreadPool& pool) {
  const SortedRows sorted = sort_rows(embeddings, identity);
  const std::size_t left =
      most_pairs > sorted.genuine_pairs ? most_pairs - sorted.genuine_pairs : 0;
  const std::size_t wanted = std::max({left, most_pairs / 4, std::size_t{1}});
  return {genuine_distances(sorted), sorted.impostor_pairs() <= wanted
                                         ? all_impostor_distances(sorted, pool)
                                         : sampled_impostor_distances(sorted, wanted, seed, pool)};
}

}  // namespace visavis
