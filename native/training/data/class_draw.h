#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "native/data/training_data.h"
#include "native/training/data/identity_split.h"
#include "native/training/data/random_order.h"
#include "native/training/data/source_shares.h"

namespace visavis {

/// A person (or a class of images) and their training photos.
struct PhotoClass {
  std::int32_t label = 0;  ///< Training label.
  std::vector<std::uint32_t> photos;
};

/// Classes that are drawn from together, in order of label.
struct SourceClasses {
  std::string name;   ///< For messages.
  double weight = 1;  ///< Share of the batches, relative to the others.
  std::vector<PhotoClass> classes;
};
/// Those that have at least `photos` training photos, per labelled source.
std::vector<SourceClasses> classes_with(const TrainingData& data, const IdentitySplit& split,
                                        std::size_t photos);
/// The same per TrainingData::parent. A source's weight is shared among its parents by how many
/// classes they have, so that classes of one source come up equally often.
std::vector<SourceClasses> classes_by_parent(const TrainingData& data, const IdentitySplit& split,
                                             std::size_t photos);

/// Which classes come up in which batch: sources by weight, a source's classes in an endless
/// shuffled order, so that all come up equally often and none twice in a batch. Sources share
/// every batch, or each batch is of one.
class ClassDraw {
 public:
  /// A class that was drawn.
  struct Turn {
    const PhotoClass* drawn = nullptr;
    std::uint8_t quarter_turns = 0;
    std::uint64_t turn = 0;  ///< How often it came up before.
    std::uint64_t seed = 0;  ///< For the order of its photos; its own.
  };

  struct Plan {
    std::size_t per_batch = 0;         ///< Classes a batch.
    bool has_rotated_classes = false;  ///< Each class stands for four.
    bool is_of_one_source = false;     ///< All classes of a batch are.
  };

  /// `lack` says for messages what those who were left out lack. Throws kInvalidArgument where a
  /// source (or all together) has fewer classes than a batch needs of it.
  ClassDraw(std::vector<SourceClasses> sources, const Plan& plan, std::uint64_t seed,
            const std::string& lack);

  /// The classes of batch `step`, in random order.
  std::vector<Turn> draw(std::uint64_t step);
  /// All photos of all classes.
  [[nodiscard]] std::size_t photos() const;

 private:
  std::vector<SourceClasses> sources_;
  std::size_t rotations_;  ///< 1 or 4.
  std::size_t together_;   ///< Classes of one source that come in a row.
  std::uint64_t seed_;
  SourceShares shares_;                ///< Of the places for so many.
  std::vector<ShuffledCycle> orders_;  ///< Per source.
};

}  // namespace visavis
