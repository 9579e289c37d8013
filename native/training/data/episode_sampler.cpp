#include <fmt/format.h>

#include <utility>

#include "native/training/data/batch_sampler.h"
#include "native/training/data/class_draw.h"
#include "native/training/losses/episode.h"

namespace visavis {
namespace {

class EpisodeSampler : public BatchSampler {
 public:
  EpisodeSampler(ClassDraw draw, const EpisodePlan& plan) : draw_(std::move(draw)), plan_(plan) {}

  std::vector<BatchItem> sample(std::uint64_t step) override {
    const std::vector<ClassDraw::Turn> turns = draw_.draw(step);
    std::vector<BatchItem> items(batch_size());
    for (std::size_t c = 0; c < turns.size(); ++c) {
      const ClassDraw::Turn& turn = turns[c];
      const std::vector<std::uint32_t>& photos = turn.drawn->photos;
      const std::vector<std::uint32_t> taken =
          take_turn(photos.size(), plan_.shot + plan_.queries, turn.turn, turn.seed);
      for (std::size_t i = 0; i < taken.size(); ++i) {
        const bool is_query = i >= plan_.shot;
        const std::size_t row = is_query
                                    ? plan_.way * plan_.shot + c * plan_.queries + (i - plan_.shot)
                                    : c * plan_.shot + i;
        items[row] = {photos[taken[i]], static_cast<std::int32_t>(c), is_query, turn.quarter_turns};
      }
    }
    return items;
  }

  [[nodiscard]] std::size_t batch_size() const override {
    return plan_.way * (plan_.shot + plan_.queries);
  }

  [[nodiscard]] std::size_t steps_per_epoch() const override {
    return (draw_.photos() + batch_size() - 1) / batch_size();
  }

 private:
  ClassDraw draw_;
  EpisodePlan plan_;
};

}  // namespace

std::unique_ptr<BatchSampler> make_episode_sampler(const TrainingData& data,
                                                   const IdentitySplit& split,
                                                   const EpisodePlan& plan, std::uint64_t seed) {
  check_episode_plan(plan.way, plan.shot, plan.queries);
  const std::size_t least = plan.shot + plan.queries;
  ClassDraw draw(plan.is_within_parent ? classes_by_parent(data, split, least)
                                       : classes_with(data, split, least),
                 {plan.way, plan.has_rotated_classes, plan.is_within_parent}, seed,
                 fmt::format("fewer than {} + {} usable images (shot and queries) or are held out",
                             plan.shot, plan.queries));
  return std::make_unique<EpisodeSampler>(std::move(draw), plan);
}

}  // namespace visavis
