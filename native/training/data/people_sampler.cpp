#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "native/system/counted.h"
#include "native/training/data/batch_sampler.h"
#include "native/training/data/class_draw.h"

namespace visavis {
namespace {

class PeopleSampler : public BatchSampler {
 public:
  PeopleSampler(ClassDraw draw, std::size_t people, std::size_t photos)
      : draw_(std::move(draw)), people_(people), photos_(photos) {}

  std::vector<BatchItem> sample(std::uint64_t step) override {
    std::vector<BatchItem> items;
    items.reserve(batch_size());
    for (const ClassDraw::Turn& turn : draw_.draw(step)) {
      const std::vector<std::uint32_t>& photos = turn.drawn->photos;
      for (const std::uint32_t i : take_turn(photos.size(), photos_, turn.turn, turn.seed)) {
        items.push_back({photos[i], turn.drawn->label, false, 0});
      }
    }
    return items;
  }

  [[nodiscard]] std::size_t batch_size() const override { return people_ * photos_; }

  [[nodiscard]] std::size_t steps_per_epoch() const override {
    return (draw_.photos() + batch_size() - 1) / batch_size();
  }

 private:
  ClassDraw draw_;
  std::size_t people_;
  std::size_t photos_;
};

void check_photos(const std::vector<SourceClasses>& sources, std::size_t photos) {
  std::size_t largest = 0;
  for (const SourceClasses& source : sources) {
    for (const PhotoClass& person : source.classes) {
      largest = std::max(largest, person.photos.size());
    }
  }
  // Where nobody is left at all, ClassDraw says so.
  if (largest == 0 || largest >= photos) return;
  throw Error(ErrorCode::kInvalidArgument,
              fmt::format("batches of {} per person: nobody has more than {}; ask for at most that "
                          "many",
                          counted_photos(photos), largest));
}

}  // namespace

std::unique_ptr<BatchSampler> make_people_sampler(const TrainingData& data,
                                                  const IdentitySplit& split, std::size_t people,
                                                  std::size_t photos, std::uint64_t seed) {
  if (people < 1 || photos < 1) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("batches of {} with {} are empty", counted_people(people),
                            counted_photos(photos)));
  }
  const std::size_t least = std::min<std::size_t>(photos, 2);
  std::vector<SourceClasses> sources = classes_with(data, split, least);
  check_photos(sources, photos);
  ClassDraw draw(std::move(sources), {people}, seed,
                 fmt::format("fewer than {}, or are held out",
                             counted(least, "usable photo", "usable photos")));
  return std::make_unique<PeopleSampler>(std::move(draw), people, photos);
}

}  // namespace visavis
