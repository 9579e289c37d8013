// Whole networks against PyTorch, where it is installed: the same weights and batch go through ours
// and through network_with_torch.py.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "core/architectures.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/training_step.h"
#include "tests/native/temporary_folder.h"
#include "tests/native/training/network_json.h"
#include "tests/native/training/python_with_torch.h"

namespace visavis {
namespace {

struct NetworkCase {
  std::string name;
  ArchitectureOptions options;
  std::size_t people = 4;
  std::size_t photos = 2;
  std::size_t steps = 10;
};

constexpr double kLearningRate = 0.01;

std::vector<NetworkCase> network_cases() {
  return {
      {"mobilefacenet", {64, 64, 3, 64, 0.25, true}, 8, 2, 10},
      {"mobilefacenet", {112, 112, 3, 128, 1, true}, 4, 2, 1},
      {"conv4", {28, 28, 1, 64, 1, true}, 8, 2, 10},
      {"siamese", {48, 48, 1, 64, 1, true}, 4, 2, 10},
  };
}

/// What either side makes of a case.
struct Results {
  std::vector<double> losses;                           ///< One per step.
  std::map<std::string, std::vector<float>> gradients;  ///< Of the first step, by parameter.
};

void fill_photos(Array<float>& images, std::size_t photos) {
  const std::size_t pixels = images.size() / images.shape()[0];
  for (std::size_t row = 0; row < images.shape()[0]; ++row) {
    std::mt19937 of_person(static_cast<unsigned>(row / photos));
    std::mt19937 of_photo(static_cast<unsigned>(1000 + row));
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (std::size_t i = 0; i < pixels; ++i) {
      images[row * pixels + i] = 0.7F * uniform(of_person) + 0.7F * uniform(of_photo);
    }
  }
}

class NetworkWithTorch : public testing::TestWithParam<std::size_t> {
 protected:
  NetworkWithTorch()
      : case_(network_cases()[GetParam()]),
        network_(make_architecture(case_.name, case_.options), 3, threads_) {
    const Shape& input = network_.spec().input;
    images_.resize({case_.people * case_.photos, input[0], input[1], input[2]});
    fill_photos(images_, case_.photos);
    for (std::size_t i = 0; i < images_.shape()[0]; ++i) {
      labels_.labels.push_back(static_cast<int>(i / case_.photos));
    }
  }

  Results ours() {
    LossContext context;
    context.dimensions = static_cast<std::size_t>(case_.options.embedding_length);
    const auto loss = make_loss<float>("triplet:margin=0.3", context, threads_);
    const auto optimizer = make_optimizer({}, network_.parameters(), threads_);
    const auto communicator = make_communicator();
    TrainingStep step(network_, *loss, *optimizer, *communicator, threads_, 0);
    Results results;
    for (labels_.step = 0; labels_.step < case_.steps; ++labels_.step) {
      results.losses.push_back(step.run(images_, labels_, kLearningRate).loss);
      if (labels_.step > 0) continue;
      for (const TrainableParameter<float>* p : network_.parameters()) {
        results.gradients[p->name].assign(p->gradient.data(),
                                          p->gradient.data() + p->gradient.size());
      }
    }
    return results;
  }

  /// In double: what differs is then our rounding, not PyTorch's as well.
  Results torchs(const std::string& python) {
    const TemporaryFolder folder;
    folder.write("images.raw", bytes_of(images_.data(), images_.size()));
    std::string parameters;
    for (const TrainableParameter<float>* p : network_.parameters()) {
      parameters += bytes_of(p->value.data(), p->value.size());
    }
    folder.write("parameters.raw", parameters);
    const nlohmann::json made = {{"network", network_json(network_.spec())},
                                 {"labels", labels_.labels},
                                 {"margin", 0.3},
                                 {"learning_rate", kLearningRate},
                                 {"decay", OptimizerOptions{}.weight_decay},
                                 {"steps", case_.steps},
                                 {"precision", "float64"}};
    folder.write("case.json", made.dump());
    const std::string script =
        (std::filesystem::path(__FILE__).parent_path() / "network_with_torch.py").string();
    const std::string command = python + " -B '" + script + "' '" + folder.path().string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return read_results(folder);
  }

 private:
  static std::string bytes_of(const float* values, std::size_t count) {
    return {reinterpret_cast<const char*>(values), count * sizeof(float)};
  }
  Results read_results(const TemporaryFolder& folder) {
    Results results;
    const auto losses =
        nlohmann::json::parse(read_text_file(folder / "losses.json"), nullptr, false);
    if (losses.is_array()) results.losses = losses.get<std::vector<double>>();
    std::ifstream gradients(folder / "gradients.raw", std::ios::binary);
    for (const TrainableParameter<float>* p : network_.parameters()) {
      std::vector<float>& values = results.gradients[p->name];
      values.resize(p->gradient.size());
      gradients.read(reinterpret_cast<char*>(values.data()),
                     static_cast<std::streamsize>(values.size() * sizeof(float)));
    }
    EXPECT_TRUE(gradients.good()) << "gradients.raw is short";
    return results;
  }

 protected:
  NetworkCase case_;
  ThreadPool threads_{2};
  TrainableNetwork<float> network_;
  Array<float> images_;
  BatchLabels labels_;
};

double norm(const std::vector<float>& a, const std::vector<float>& minus) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d =
        static_cast<double>(a[i]) - (minus.empty() ? 0.0 : static_cast<double>(minus[i]));
    sum += d * d;
  }
  return std::sqrt(sum);
}

/// 1e-4 relative: of each step's loss, and of each tensor's gradient after one step in the L2 norm,
/// ||ours - PyTorch's|| <= 1e-4 * max(||PyTorch's||, 1e-3 * norm of the whole gradient). The second
/// part is for tensors whose gradient is next to nothing beside the others'.
TEST_P(NetworkWithTorch, AgreesOnGradientsAndLosses) {
  constexpr double kTolerance = 1e-4;
  const std::string python = python_with_torch();
  if (python.empty()) GTEST_SKIP() << "PyTorch is not installed (Debian: python3-torch)";
  const Results expected = torchs(python);
  const Results actual = ours();
  ASSERT_EQ(actual.losses.size(), expected.losses.size());
  for (std::size_t i = 0; i < expected.losses.size(); ++i) {
    EXPECT_NEAR(actual.losses[i], expected.losses[i], kTolerance * expected.losses[i])
        << "loss of step " << i;
  }
  double squares = 0;
  for (const auto& [name, values] : expected.gradients) squares += std::pow(norm(values, {}), 2);
  EXPECT_GT(squares, 0);
  double worst = 0;
  for (const TrainableParameter<float>* p : network_.parameters()) {
    if (!p->is_trained) continue;
    const std::vector<float>& theirs = expected.gradients.at(p->name);
    const double scale = std::max(norm(theirs, {}), 1e-3 * std::sqrt(squares));
    const double difference = norm(actual.gradients.at(p->name), theirs) / scale;
    worst = std::max(worst, difference);
    EXPECT_LE(difference, kTolerance) << "gradient of " << p->name << ", norm " << norm(theirs, {});
  }
  RecordProperty("worst_gradient_difference", std::to_string(worst));
}

INSTANTIATE_TEST_SUITE_P(Architectures, NetworkWithTorch,
                         testing::Range(std::size_t{0}, network_cases().size()),
                         [](const auto& test) {
                           const NetworkCase c = network_cases()[test.param];
                           return c.name + std::to_string(c.options.height);
                         });

}  // namespace
}  // namespace visavis
