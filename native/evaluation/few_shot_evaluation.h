#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/fewshot/few_shot_classifier.h"
#include "core/model/embedder.h"
#include "native/data/class_folders.h"

namespace visavis {

/// Which episodes are drawn: one table cell for every way and shot.
struct EpisodeTablePlan {
  std::vector<std::size_t> ways{5, 20};
  std::vector<std::size_t> shots{1, 5};
  std::size_t queries = 5;     ///< Of each class.
  std::size_t episodes = 600;  ///< Of each cell.
  bool within_group = false;   ///< All classes of an episode from one folder of classes.
  std::uint64_t seed = 1;
};

/// Throws kInvalidArgument for a way below 2, no shot, query or episode; fewer classes (or, within
/// groups, no group of as many) than the way; or a class, naming it, with fewer images than shot
/// and queries.
void check_plan(const EpisodeTablePlan& plan, const std::vector<ImageClass>& classes);

/// Classes with the embeddings of their images, made once.
struct EmbeddedClass {
  std::string name;
  std::string group;
  std::vector<Embedding> embeddings;  ///< Empty for an image that has none.
};

/// A cell of the table.
struct EpisodeAccuracy {
  std::size_t way = 0;
  std::size_t shot = 0;
  double accuracy = 0;  ///< Mean over episodes of the share of queries told right.
  double ci95 = 0;      ///< Half its 95% interval.
};

/// Draws the plan's episodes (Vinyals et al. 2016, section 2.2) and classifies their queries.
/// Classes are drawn evenly, or a group of enough of them first; then images of each, without
/// putting back. Images without an embedding are no support, and errors as queries. The same
/// episodes whatever the options, the embeddings and the number of threads (0: all cores), so that
/// methods can be compared episode by episode. Throws kInvalidArgument where a class has fewer
/// embeddings than the shot. `learned`: see FewShotClassifier.
std::vector<EpisodeAccuracy> evaluate_episodes(
    const std::vector<EmbeddedClass>& classes, const EpisodeTablePlan& plan,
    const FewShotOptions& options, int threads,
    const std::shared_ptr<const LearnedComparison>& learned = nullptr);

/// The figures of one method.
struct EpisodeTable {
  std::string model;   ///< What embedded the images.
  std::string method;  ///< As FewShotRecipe::name.
  std::vector<EpisodeAccuracy> cells;
};

std::string to_text(const std::vector<EpisodeTable>& tables, const EpisodeTablePlan& plan,
                    std::size_t classes);
/// {"protocol", "classes", "within_group", "queries", "table": [{"model",
/// "method", "way", "shot", "episodes", "accuracy", "ci95"}, ..]}
nlohmann::ordered_json to_json(const std::vector<EpisodeTable>& tables,
                               const EpisodeTablePlan& plan, std::size_t classes);

}  // namespace visavis
