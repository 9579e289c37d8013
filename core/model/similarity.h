#pragma once

namespace visavis {

/// How alike a query and a key of an episode are; higher is more alike.
enum class Similarity {
  kEuclidean,  ///< -|q - k|^2, as in Snell et al. 2017, equation 2.
  kCosine      ///< q . k / (|q| |k|), as in Vinyals et al. 2016, section 2.1.1.
};

}  // namespace visavis
