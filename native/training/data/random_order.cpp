#include "native/training/data/random_order.h"

#include <algorithm>
#include <numeric>

namespace visavis {
namespace {

std::vector<std::uint32_t> shuffled_numbers(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  std::mt19937_64 random(seed);
  shuffle(numbers, random);
  return numbers;
}

}  // namespace

ShuffledCycle::ShuffledCycle(std::size_t count, std::size_t window, std::uint64_t seed)
    : count_(count), window_(window), seed_(seed) {}

ShuffledCycle::Order ShuffledCycle::shuffled(std::uint64_t epoch) const {
  return shuffled_numbers(count_, mixed_hash(seed_, epoch));
}

/// The epoch's shuffle, its head rearranged: position i must differ from the window_ - 1 - i last
/// of the epoch before. The first number of the rest that does is drawn forward; there always is
/// one, since i + (window_ - 1 - i) < count_ numbers are ruled out at most.
ShuffledCycle::Order ShuffledCycle::following(const Order& previous, std::uint64_t epoch) const {
  Order order = shuffled(epoch);
  for (std::size_t i = 0; i + 1 < window_; ++i) {
    const auto near = previous.end() - static_cast<std::ptrdiff_t>(window_ - 1 - i);
    const auto place = order.begin() + static_cast<std::ptrdiff_t>(i);
    const auto chosen = std::find_if(place, order.end(), [&](std::uint32_t number) {
      return std::find(near, previous.end(), number) == previous.end();
    });
    std::rotate(place, chosen, chosen + 1);
  }
  return order;
}

const ShuffledCycle::Order& ShuffledCycle::order(std::uint64_t epoch) {
  if (epoch == epoch_) return order_;
  // Rearranging reaches no further than 2 * window_: beyond three windows an epoch's tail, which is
  // all that the next one asks about, is that of its plain shuffle. Smaller ones hang on all
  // before.
  const bool has_own_tail = count_ >= 3 * window_;
  std::uint64_t done = epoch_;
  if (epoch > 0 && has_own_tail && done != epoch - 1) {
    order_ = shuffled(epoch - 1);
    done = epoch - 1;
  } else if (done == UINT64_MAX || done > epoch) {
    order_ = shuffled(0);
    done = 0;
  }
  while (done < epoch) {
    ++done;
    order_ = following(order_, done);
  }
  epoch_ = epoch;
  return order_;
}

std::size_t ShuffledCycle::at(std::uint64_t position) {
  return order(position / count_)[static_cast<std::size_t>(position % count_)];
}

std::vector<std::uint32_t> take_turn(std::size_t count, std::size_t take, std::uint64_t turn,
                                     std::uint64_t seed) {
  // After count / gcd turns of `take` round a circle, all have come up equally often and a turn
  // begins where the first began: time for a new order, with no turn across the seam.
  const std::uint64_t turns = count / std::gcd(count, take);
  const std::vector<std::uint32_t> circle = shuffled_numbers(count, mixed_hash(seed, turn / turns));
  std::vector<std::uint32_t> taken(take);
  const std::uint64_t first = turn % turns * take;
  for (std::size_t i = 0; i < take; ++i) {
    taken[i] = circle[static_cast<std::size_t>((first + i) % count)];
  }
  return taken;
}

}  // namespace visavis
