#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "native/training/data/identity_split.h"
#include "native/training/data/random_order.h"
#include "native/training/data/source_shares.h"
#include "native/training/data/training_data.h"

namespace visavis {

/// Someone (or a class of images) and his training photos.
struct PhotoClass {
  std::int32_t label = 0;  ///< Training label.
  std::vector<std::uint32_t> photos;
};

/// The classes that have at least `photos` training photos, per labelled source, in order of label.
struct SourceClasses {
  std::uint32_t source = 0;
  std::vector<PhotoClass> classes;
};
std::vector<SourceClasses> classes_with(const TrainingData& data, const IdentitySplit& split,
                                        std::size_t photos);

/// Which classes come up in which batch: sources by weight, a source's classes in an endless
/// shuffled order, so that all come up equally often and none twice in a batch.
class ClassDraw {
 public:
  /// A class that was drawn.
  struct Turn {
    const PhotoClass* drawn = nullptr;
    std::uint8_t quarter_turns = 0;
    std::uint64_t turn = 0;  ///< How often it came up before.
    std::uint64_t seed = 0;  ///< For the order of its photos; its own.
  };

  /// `per_batch` classes a batch. With `has_rotated_classes` each class stands for four. `lack`
  /// says for messages what those who were left out lack. Throws kInvalidArgument where a source
  /// (or all together) has fewer classes than a batch needs of it.
  ClassDraw(const TrainingData& data, std::vector<SourceClasses> sources, std::size_t per_batch,
            bool has_rotated_classes, std::uint64_t seed, const std::string& lack);

  /// The classes of batch `step`, in random order.
  std::vector<Turn> draw(std::uint64_t step);
  /// All photos of all classes.
  [[nodiscard]] std::size_t photos() const;

 private:
  std::vector<SourceClasses> sources_;
  std::size_t rotations_;  ///< 1 or 4.
  std::uint64_t seed_;
  SourceShares shares_;
  std::vector<ShuffledCycle> orders_;  ///< Per source.
};

}  // namespace visavis
