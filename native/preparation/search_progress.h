#pragma once

#include <functional>
#include <utility>

namespace visavis {

/// Has `report` told, between two runs of networks, what share of a search for faces is done. A
/// template over Verifier and FaceDetector, so that it compiles with a core that does not tell yet.
template <class Searcher>
void on_search_progress(Searcher& searcher, std::function<void(double share)> report) {
  if constexpr (requires { searcher.on_progress(report); }) {
    searcher.on_progress(std::move(report));
  }
}

}  // namespace visavis
