#include "native/training/run/batch_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/error.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/run_setup.h"

namespace visavis {
namespace {

/// Pairs, trios and episodes compare at least two people, by two photos of each.
constexpr std::size_t kFewest = 2;
/// Which sizes a sampler takes hangs on no seed.
constexpr std::uint64_t kAnySeed = 1;

/// Tries sizes from those that are asked for downwards.
class BatchFit {
 public:
  BatchFit(LossPlan& loss, const TrainingData& data, const IdentitySplit& split, std::size_t ranks)
      : loss_(loss), data_(data), split_(split), ranks_(ranks) {}

  void fit_people() {
    if (loss_.adapts.photos) {
      loss_.photos = std::clamp(most_photos(), kFewest, std::max(loss_.photos, kFewest));
    }
    if (!loss_.adapts.people) return;
    for (std::size_t people = loss_.people; people >= kFewest; --people) {
      LossPlan tried = loss_;
      tried.people = people;
      if (take_if_possible(tried)) return;
    }
  }

  /// Fewer queries first, then fewer classes: a class that is never shown cannot be learned.
  void fit_episodes() {
    const std::size_t least_way = loss_.adapts.way ? kFewest : loss_.episode.way;
    const std::size_t least_queries = loss_.adapts.queries ? 1 : loss_.episode.queries;
    for (std::size_t way = loss_.episode.way; way >= least_way && way > 0; --way) {
      for (std::size_t queries = loss_.episode.queries; queries >= least_queries && queries > 0;
           --queries) {
        LossPlan tried = loss_;
        tried.episode.way = way;
        tried.episode.queries = queries;
        if (take_if_possible(tried)) return;
      }
    }
  }

  void fit_photos() {
    if (!loss_.adapts.batch || split_.training.size() >= loss_.batch) return;
    const std::size_t photos = std::max(split_.training.size(), kFewest);
    loss_.batch = std::max(photos - photos % ranks_, ranks_);
  }

 private:
  bool take_if_possible(const LossPlan& tried) {
    if (batch_rows(tried) % ranks_ != 0) return false;
    try {
      make_sampler(tried, kAnySeed, data_, split_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidArgument) throw;
      return false;
    }
    loss_ = tried;
    return true;
  }

  [[nodiscard]] std::size_t most_photos() const {
    std::map<std::int32_t, std::size_t> counts;
    std::size_t most = 0;
    for (const std::uint32_t photo : split_.training) {
      const std::int32_t identity = data_.photos[photo].identity;
      if (identity >= 0) most = std::max(most, ++counts[identity]);
    }
    return most;
  }

  LossPlan& loss_;
  const TrainingData& data_;
  const IdentitySplit& split_;
  std::size_t ranks_;
};

}  // namespace

std::string fit_batch(LossPlan& loss, const TrainingData& data, const IdentitySplit& split,
                      std::size_t ranks) {
  const std::string asked = batch_in_words(loss);
  const LossNeeds needs = loss_needs(loss.name);
  BatchFit fit(loss, data, split, ranks);
  if (needs.episodes) {
    fit.fit_episodes();
  } else if (needs.people_photos) {
    fit.fit_people();
  } else {
    fit.fit_photos();
  }
  const std::string taken = batch_in_words(loss);
  if (taken == asked) return {};
  return fmt::format("batches of {}, not of {}: there are no more to learn from", taken, asked);
}

}  // namespace visavis
