#include "native/data/photo_inputs.h"

#include "native/data/left_out.h"

namespace visavis {

PhotoInputs open_photos(const std::vector<std::string>& locations, ProgressSink& progress) {
  PhotoInputs inputs;
  for (const std::string& location : locations) {
    inputs.datasets.push_back(std::make_unique<Dataset>(Dataset::open(location)));
    say_left_out(progress, inputs.datasets.back()->left_out());
    for (std::size_t i = 0; i < inputs.datasets.back()->images().size(); ++i) {
      inputs.photos.push_back({inputs.datasets.back().get(), i});
    }
  }
  return inputs;
}

}  // namespace visavis
