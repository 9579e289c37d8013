#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "native/evaluation/zero_shot_evaluation.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

nlohmann::ordered_json json_of(const GeneralizedResult& result) {
  return {
      {"seen", result.seen}, {"unseen", result.unseen}, {"harmonic_mean", result.harmonic_mean}};
}

}  // namespace

std::string to_text(const ZeroShotEvaluation& e) {
  std::string text = fmt::format(
      "{} on {}: {} ({} to learn from, {} to test), {} unseen ({}), {} without an embedding "
      "(counted as errors)\n",
      to_string(e.method), e.embedder, counted(e.seen_classes, "seen class", "seen classes"),
      counted(e.training_images, "image", "images"), e.seen_test_images, e.unseen_classes,
      counted(e.unseen_images, "image", "images"),
      counted(e.images_without_embedding, "image", "images"));
  text += fmt::format("  gamma {:g}, lambda {:g}: {:.1f}% among {:.0f} held-out seen classes\n",
                      e.selection.ridge.gamma, e.selection.ridge.lambda, 100 * e.selection.accuracy,
                      e.selection.way);
  for (const WayResult& way : e.ways) {
    text += fmt::format("  unseen, {:>2}-way: {:.1f}% +- {:.1f}  (chance {:.1f}%)\n", way.way,
                        100 * way.accuracy, 100 * way.ci95, 100.0 / static_cast<double>(way.way));
  }
  text += fmt::format("  unseen, all {}: {:.1f}%  (95%: {:.1f} to {:.1f}; chance {:.1f}%)\n",
                      e.unseen_classes, 100 * e.all_way.value, 100 * e.all_way.low,
                      100 * e.all_way.high, 100.0 / static_cast<double>(e.unseen_classes));
  const auto generalized = [&](const GeneralizedResult& result, const std::string& how) {
    return fmt::format("  generalised, {}: seen {:.1f}%, unseen {:.1f}%, harmonic mean {:.1f}%\n",
                       how, 100 * result.seen, 100 * result.unseen, 100 * result.harmonic_mean);
  };
  return text + generalized(e.generalized_unbiased, "as it is") +
         generalized(e.generalized, fmt::format("bias {:.3g}", e.selection.seen_bias));
}

nlohmann::ordered_json to_json(const ZeroShotEvaluation& e) {
  nlohmann::ordered_json ways = nlohmann::ordered_json::array();
  for (const WayResult& way : e.ways) {
    ways.push_back({{"way", way.way},
                    {"accuracy", way.accuracy},
                    {"ci95", way.ci95},
                    {"chance", 1.0 / static_cast<double>(way.way)}});
  }
  return {{"embedder", e.embedder},
          {"method", to_string(e.method)},
          {"seen_classes", e.seen_classes},
          {"unseen_classes", e.unseen_classes},
          {"training_images", e.training_images},
          {"seen_test_images", e.seen_test_images},
          {"unseen_images", e.unseen_images},
          {"images_without_embedding", e.images_without_embedding},
          {"gamma", e.selection.ridge.gamma},
          {"lambda", e.selection.ridge.lambda},
          {"cross_validation", {{"accuracy", e.selection.accuracy}, {"way", e.selection.way}}},
          {"ways", ways},
          {"all_way",
           {{"accuracy", e.all_way.value},
            {"ci95", {e.all_way.low, e.all_way.high}},
            {"chance", 1.0 / static_cast<double>(e.unseen_classes)}}},
          {"seen_bias", e.selection.seen_bias},
          {"generalized", json_of(e.generalized)},
          {"generalized_unbiased", json_of(e.generalized_unbiased)}};
}

}  // namespace visavis
