#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/rates/rate.h"
#include "core/zeroshot/attribute_table.h"
#include "core/zeroshot/zero_shot_training.h"
#include "native/embedding/described_images.h"

namespace visavis {

/// How unseen classes are told apart and how often.
struct ZeroShotPlan {
  std::vector<std::size_t> ways{5, 20};
  std::size_t draws = 1000;  ///< Of `way` unseen classes, and one image of each.
  double seen_test =
      0.25;               ///< Share of each seen class's images, the last by name, kept for tests.
  std::size_t folds = 5;  ///< Of the cross-validation over seen classes.
  std::uint64_t seed = 1;
};

/// Unseen classes among `way` of them.
struct WayResult {
  std::size_t way = 0;
  double accuracy = 0;
  double ci95 = 0;  ///< Half the 95% interval of the mean over draws.
};

/// Seen and unseen classes together; means over classes of the accuracy of each.
struct GeneralizedResult {
  double seen = 0;
  double unseen = 0;
  double harmonic_mean = 0;
};

struct ZeroShotEvaluation {
  std::string embedder;
  ZeroShotMethod method = ZeroShotMethod::kEszsl;
  ZeroShotSelection selection;
  std::size_t seen_classes = 0, unseen_classes = 0;
  std::size_t training_images = 0, seen_test_images = 0, unseen_images = 0;
  std::size_t images_without_embedding = 0;  ///< Of the tested; counted as errors.
  std::vector<WayResult> ways;
  Rate all_way;  ///< Among all unseen classes, of images; Clopper-Pearson interval.
  GeneralizedResult generalized;           ///< With the calibrated bias.
  GeneralizedResult generalized_unbiased;  ///< Without.
};

/// The rows of the table that are unseen: those named, by class or by a folder that they lie in
/// ("Latin" for "Latin/character01"). Throws kInvalidArgument for a name that fits none.
std::vector<std::uint8_t> unseen_by_name(const AttributeTable& table,
                                         const std::vector<std::string>& names);
/// About `share` of the classes, or (`by_group`) of the groups that the first part of their names
/// makes, drawn by the seed. Throws kInvalidArgument for a share that is not in 0..1 exclusive.
std::vector<std::uint8_t> unseen_by_share(const AttributeTable& table, double share, bool by_group,
                                          std::uint64_t seed);

/// Trains on the seen classes (all that is chosen is chosen on them) and tests on the others.
/// Throws kInvalidArgument for fewer than 2 unseen classes with images, a way below 2 or above
/// their number, no draws; as train_zero_shot does.
ZeroShotEvaluation evaluate_zero_shot(const DescribedImages& images, const AttributeTable& table,
                                      const std::vector<std::uint8_t>& is_unseen,
                                      ZeroShotMethod method, const ZeroShotPlan& plan);

std::string to_text(const ZeroShotEvaluation& evaluation);
/// {"embedder", "method", "seen_classes", .., "ways": [{"way", "accuracy", "ci95", "chance"}, ..],
/// "all_way": {..}, "generalized": {"seen", "unseen", "harmonic_mean"}, ..}
nlohmann::ordered_json to_json(const ZeroShotEvaluation& evaluation);

}  // namespace visavis
