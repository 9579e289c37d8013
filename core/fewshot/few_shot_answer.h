#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/model/similarity.h"

namespace visavis {

/// How a query is classified by a support set. With one example per class all methods agree.
enum class FewShotMethod {
  kPrototypes,  ///< By the mean of each class's examples: Snell et al. 2017, equation 2.
  kMatching,    ///< By attention over every example: Vinyals et al. 2016, equation 1.
  kNearest      ///< By each class's most similar example, the best pair: Koch et al. 2015, 4.3.
};

struct FewShotOptions {
  FewShotMethod method = FewShotMethod::kPrototypes;
  Similarity similarity = Similarity::kEuclidean;
  /// Factor of the similarities before the softmax, above 0, as the losses take it. Between unit
  /// embeddings similarities differ by 4 at most (cosine: 2): 10 or so then tells classes apart.
  double scale = 1;
  /// A query is rejected unless its distance to its best class is below this; see
  /// calibrate_rejection. Nothing: no query is rejected.
  std::optional<double> rejection_distance;
};

struct RankedClass {
  std::size_t index = 0;  ///< In SupportSet::classes().
  double probability = 0;
  /// L2 norm of the difference between the query and the class's prototype or nearest example, both
  /// scaled to length 1 first where similarities are cosines.
  double distance = 0;
};

struct FewShotAnswer {
  std::vector<RankedClass> ranking;  ///< All classes, the most probable first.
  bool is_rejected = false;          ///< "None of these".
};

/// A class of a support set: rows first .. first + shots - 1 of it.
struct SupportClass {
  std::string name;
  std::size_t first = 0;
  std::size_t shots = 0;
};

}  // namespace visavis
