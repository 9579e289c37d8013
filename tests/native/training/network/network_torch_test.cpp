// Whole networks against PyTorch, where it is installed: the same weights and batch go through ours
// and through network_with_torch.py. In double on both sides, which shows that the mathematics is
// the same; and in float, as shipped, against PyTorch in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "core/network/architectures.h"
#include "native/training/distributed/make_communicator.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/training_step.h"
#include "tests/native/system/temporary_folder.h"
#include "tests/native/training/layers/relative_errors.h"
#include "tests/native/training/losses/python_with_torch.h"
#include "tests/native/training/network/network_json.h"

namespace visavis::network_torch_test {
namespace {

struct NetworkCase {
  std::string name;
  ArchitectureOptions options;
  std::size_t people = 4;
  std::size_t photos = 2;
  std::size_t steps = 10;
  double learning_rate = 0.01;
  float slope = 0.25F;  ///< PReLU's.
};

/// In float a value within rounding of a rectifier's kink may fall on its other side, where the
/// gradient is another; later steps multiply that by about 4 each at a learning rate of 0.01 in the
/// first case, PyTorch's float32 as much as ours. Hence its lower rate, and the second case: PReLU
/// slopes of 1 have no kink, and float then follows double closely.
std::vector<NetworkCase> network_cases() {
  return {
      {"mobilefacenet", {64, 64, 3, 64, 0.25}, 8, 2, 10, 0.001},
      {"mobilefacenet", {48, 48, 3, 64, 0.25}, 8, 2, 10, 0.01, 1},
      {"mobilefacenet", {112, 112, 3, 128, 1}, 3, 2, 1},
      {"conv4", {28, 28, 1, 64, 1}, 4, 2, 10},
      {"siamese", {36, 36, 1, 64, 1}, 4, 2, 10},
  };
}

/// What either side makes of a case.
struct Results {
  Values losses;           ///< One per step.
  NamedValues gradients;   ///< Of the first step; trained parameters only.
  NamedValues parameters;  ///< After the last step; running statistics too.
};

template <class T>
std::string bytes_of(const Array<T>& array) {
  return {reinterpret_cast<const char*>(array.data()), array.size() * sizeof(T)};
}

template <class T>
Values values_of(const Array<T>& array) {
  return {array.data(), array.data() + array.size()};
}

template <class T>
void keep_gradients(TrainableNetwork<T>& network, Results& results) {
  for (const TrainableParameter<T>* p : network.parameters()) {
    if (p->is_trained) results.gradients[p->name] = values_of(p->gradient);
  }
}

template <class T>
void keep_parameters(TrainableNetwork<T>& network, Results& results) {
  for (const TrainableParameter<T>* p : network.parameters()) {
    results.parameters[p->name] = values_of(p->value);
  }
}

/// The optimiser's formulas again (Sutskever et al. 2013 in PyTorch's form), since the optimiser
/// itself is float only.
class NesterovInDouble {
 public:
  void step(TrainableNetwork<double>& network, double learning_rate) {
    const OptimizerOptions options;
    for (TrainableParameter<double>* p : network.parameters()) {
      if (!p->is_trained) continue;
      Values& velocity = velocities_[p->name];
      velocity.resize(p->value.size());
      const double decay = p->has_weight_decay ? options.weight_decay : 0;
      for (std::size_t i = 0; i < velocity.size(); ++i) {
        const double slope = p->gradient[i] + decay * p->value[i];
        velocity[i] = options.momentum * velocity[i] + slope;
        p->value[i] -= learning_rate * (slope + options.momentum * velocity[i]);
      }
    }
  }

 private:
  NamedValues velocities_;
};

class NetworkWithTorch : public testing::TestWithParam<std::size_t> {
 protected:
  NetworkWithTorch()
      : case_(network_cases()[GetParam()]),
        spec_(make_architecture(case_.name, case_.options)),
        network_(spec_, 3, threads_) {
    context_.dimensions = static_cast<std::size_t>(case_.options.embedding_length);
    images_.resize({case_.people * case_.photos, spec_.input[0], spec_.input[1], spec_.input[2]});
    fill_photos();
    for (TrainableParameter<float>* p : network_.parameters()) {
      if (p->name.ends_with(".slope")) p->value.fill(case_.slope);
    }
    for (std::size_t i = 0; i < images_.shape()[0]; ++i) {
      labels_.labels.push_back(static_cast<int>(i / case_.photos));
    }
  }

  Results ours_in_float() {
    const auto loss = make_loss<float>(kLoss, context_, threads_);
    const auto optimizer = make_optimizer({}, network_.parameters(), threads_);
    const auto communicator = make_communicator();
    TrainingStep step(network_, *loss, *optimizer, *communicator, threads_, 0);
    Results results;
    for (labels_.step = 0; labels_.step < case_.steps; ++labels_.step) {
      results.losses.push_back(step.run(images_, labels_, case_.learning_rate).loss);
      if (labels_.step == 0) keep_gradients(network_, results);
    }
    keep_parameters(network_, results);
    return results;
  }

  Results ours_in_double() {
    TrainableNetwork<double> network(spec_, 3, threads_);
    network.set_parameters(network_.get_parameters());
    Array<double> images(images_.shape());
    std::copy_n(images_.data(), images_.size(), images.data());
    const auto loss = make_loss<double>(kLoss, context_, threads_);
    NesterovInDouble optimizer;
    Array<double> gradient;
    Results results;
    for (labels_.step = 0; labels_.step < case_.steps; ++labels_.step) {
      network.zero_gradients();
      results.losses.push_back(loss->evaluate(network.forward(images, true), labels_, gradient));
      network.backward(gradient);
      if (labels_.step == 0) keep_gradients(network, results);
      optimizer.step(network, case_.learning_rate);
    }
    keep_parameters(network, results);
    return results;
  }

  /// Into the report of --gtest_output=xml.
  static void record(const std::string& name, double error) {
    std::ostringstream text;
    text << error;
    RecordProperty(name, text.str());
  }

  /// PyTorch's results in float64 and float32, made once for all tests; empty where it is absent.
  const std::map<std::string, Results>& torchs() {
    static std::map<std::size_t, std::map<std::string, Results>> made;
    static const std::string python = python_with_torch();
    std::map<std::string, Results>& results = made[GetParam()];
    if (results.empty() && !python.empty()) results = run_torch(python);
    return results;
  }

 private:
  /// Photos of a person are alike by half, so that there is something to learn.
  void fill_photos() {
    const std::size_t pixels = images_.size() / images_.shape()[0];
    for (std::size_t row = 0; row < images_.shape()[0]; ++row) {
      std::mt19937 of_person(static_cast<unsigned>(row / case_.photos));
      std::mt19937 of_photo(static_cast<unsigned>(1000 + row));
      const auto uniform = [](std::mt19937& r) { return static_cast<float>(r()) * 0x1p-31F - 1; };
      for (std::size_t i = 0; i < pixels; ++i) {
        images_[row * pixels + i] = 0.7F * uniform(of_person) + 0.7F * uniform(of_photo);
      }
    }
  }

  std::map<std::string, Results> run_torch(const std::string& python) {
    const TemporaryFolder folder;
    folder.write("images.raw", bytes_of(images_));
    std::string parameters;
    for (const TrainableParameter<float>* p : network_.parameters()) {
      parameters += bytes_of(p->value);
    }
    folder.write("parameters.raw", parameters);
    const std::vector<std::string> precisions{"float64", "float32"};
    const nlohmann::json written = {{"network", network_json(spec_)},
                                    {"labels", labels_.labels},
                                    {"margin", "soft"},
                                    {"learning_rate", case_.learning_rate},
                                    {"decay", OptimizerOptions{}.weight_decay},
                                    {"steps", case_.steps},
                                    {"precisions", precisions}};
    folder.write("case.json", written.dump());
    const std::string script =
        "tests/native/training/network/network_with_torch.py";  // CTest runs at the root.
    const std::string command = python + " -B '" + script + "' '" + folder.path().string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::map<std::string, Results> results;
    for (const std::string& p : precisions) results[p] = read_results((folder / p).string());
    return results;
  }

  Results read_results(const std::string& prefix) {
    Results results;
    std::ifstream losses(prefix + ".losses.raw", std::ios::binary);
    std::ifstream gradients(prefix + ".gradients.raw", std::ios::binary);
    std::ifstream parameters(prefix + ".parameters.raw", std::ios::binary);
    results.losses = read_values(losses, case_.steps);
    for (const TrainableParameter<float>* p : network_.parameters()) {
      const Values gradient = read_values(gradients, p->value.size());
      if (p->is_trained) results.gradients[p->name] = gradient;
      results.parameters[p->name] = read_values(parameters, p->value.size());
    }
    EXPECT_TRUE(losses && gradients && parameters) << prefix << ".*.raw: one is absent or short";
    return results;
  }

  static Values read_values(std::istream& stream, std::size_t count) {
    Values values(count);
    stream.read(reinterpret_cast<char*>(values.data()),
                static_cast<std::streamsize>(count * sizeof(double)));
    return values;
  }

 protected:
  static constexpr const char* kLoss = "triplet:margin=soft";  // Never reaches 0.
  NetworkCase case_;
  NetworkSpec spec_;
  ThreadPool threads_{2};
  TrainableNetwork<float> network_;
  LossContext context_;
  Array<float> images_;
  BatchLabels labels_;
};

constexpr const char* kAbsent = "PyTorch is not installed (Debian: python3-torch)";

/// Measured: losses 1.4e-15, gradients 6.5e-13, parameters 1.9e-14; left is room for another order
/// of additions.
TEST_P(NetworkWithTorch, AgreesInDouble) {
  if (torchs().empty()) GTEST_SKIP() << kAbsent;
  const Results& expected = torchs().at("float64");
  const Results actual = ours_in_double();
  const double loss = loss_error(actual.losses, expected.losses);
  EXPECT_LE(loss, 1e-12);
  const TensorError gradient = worst_error(actual.gradients, expected.gradients);
  EXPECT_LE(gradient.error, 1e-10) << "gradient of " << gradient.name;
  const TensorError parameter = worst_error(actual.parameters, expected.parameters);
  EXPECT_LE(parameter.error, 1e-11) << parameter.name << " after the last step";
  record("loss", loss);
  record("gradient", gradient.error);
  record("parameter", parameter.error);
}

/// The first loss has seen no rectifier's gradient: 1e-6, a few times float's 1.4e-7. Gradients as
/// one vector: 1e-4, or 3 times what PyTorch's own float32 is off, since either crosses kinks (see
/// network_cases) at places of its own. Measured, ours and PyTorch's: mobilefacenet112 2.5e-3 and
/// 4e-3 (with 8 photos 8e-4 and 2.3e-3, which slopes of 1 turn into 3e-6 and 4e-6); mobilefacenet64
/// 2e-6 and 2e-4; the others at most 4e-6 and 1e-5. All losses: mobilefacenet64 6e-6 and 6e-6; the
/// others at most 1.4e-7 and 1.2e-6.
TEST_P(NetworkWithTorch, AgreesInFloat) {
  if (torchs().empty()) GTEST_SKIP() << kAbsent;
  const Results& expected = torchs().at("float64");
  const Results& theirs = torchs().at("float32");
  const Results actual = ours_in_float();
  EXPECT_NEAR(actual.losses.at(0) / expected.losses.at(0), 1, 1e-6);
  const double their_gradient = whole_error(theirs.gradients, expected.gradients);
  const double gradient = whole_error(actual.gradients, expected.gradients);
  EXPECT_LE(gradient, std::max(1e-4, 3 * their_gradient)) << "PyTorch's own: " << their_gradient;
  const double their_loss = loss_error(theirs.losses, expected.losses);
  const double loss = loss_error(actual.losses, expected.losses);
  EXPECT_LE(loss, 1e-4) << "PyTorch's own: " << their_loss;
  const double parameters = whole_error(actual.parameters, expected.parameters);
  EXPECT_LE(parameters, 1e-4) << "after the last step";
  record("loss", loss);
  record("torch_loss", their_loss);
  record("gradient", gradient);
  record("torch_gradient", their_gradient);
  record("parameters", parameters);
}

INSTANTIATE_TEST_SUITE_P(Architectures, NetworkWithTorch,
                         testing::Range(std::size_t{0}, network_cases().size()),
                         [](const auto& test) {
                           const NetworkCase c = network_cases()[test.param];
                           return c.name + std::to_string(c.options.height);
                         });

}  // namespace
}  // namespace visavis::network_torch_test
