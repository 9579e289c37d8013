// The losses of PyTorch's own making, where it is installed: the same numbers go to
// losses_with_torch.py and through our losses.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/native/training/losses/loss_batches.h"
#include "tests/native/training/losses/python_with_torch.h"

namespace visavis::losses_torch_test {
namespace {

using Json = nlohmann::json;

struct TorchCase {
  std::string spec;
  Json options;  ///< As losses_with_torch.py reads them.
};

std::vector<TorchCase> torch_cases() {
  return {
      {"triplet:margin=0.4", {{"loss", "triplet"}, {"mining", "batch-hard"}, {"margin", 0.4}}},
      {"triplet:margin=0.4,mining=semi-hard",
       {{"loss", "triplet"}, {"mining", "semi-hard"}, {"margin", 0.4}}},
      {"triplet:margin=soft", {{"loss", "triplet"}, {"mining", "batch-hard"}, {"margin", nullptr}}},
      {"prototypical", {{"loss", "prototypical"}, {"similarity", "euclidean"}, {"scale", 1}}},
      {"prototypical:similarity=cosine,scale=10",
       {{"loss", "prototypical"}, {"similarity", "cosine"}, {"scale", 10}}},
      {"matching:scale=10", {{"loss", "matching"}, {"similarity", "cosine"}, {"scale", 10}}},
      {"matching:similarity=euclidean",
       {{"loss", "matching"}, {"similarity", "euclidean"}, {"scale", 1}}},
      {"matching:scale=10,full-context=true,steps=3",
       {{"loss", "matching"}, {"similarity", "cosine"}, {"scale", 10}, {"steps", 3}}},
      {"matching:similarity=euclidean,full-context=true,steps=1",
       {{"loss", "matching"}, {"similarity", "euclidean"}, {"scale", 1}, {"steps", 1}}},
  };
}

/// Without unlabelled rows, which PyTorch's side does not know.
LossBatch labelled_batch(const std::string& spec, std::mt19937_64& random) {
  LossBatch batch = random_batch({spec}, random);
  while (std::count(batch.labels.labels.begin(), batch.labels.labels.end(), kUnlabelled) > 0) {
    batch = random_batch({spec}, random);
  }
  return batch;
}

/// A loss's own parameters by name, flat.
Json parameters_of(Loss<double>& loss) {
  Json parameters = Json::object();
  for (const TrainableParameter<double>* p : loss.parameters()) {
    parameters[p->name] = std::vector<double>(p->value.data(), p->value.data() + p->value.size());
  }
  return parameters;
}

Json case_of(const TorchCase& torch_case, const LossBatch& batch) {
  Json made = torch_case.options;
  const std::size_t columns = batch.context.dimensions;
  for (std::size_t row = 0; row < batch.labels.labels.size(); ++row) {
    const double* values = batch.embeddings.data() + row * columns;
    made["embeddings"].push_back(std::vector<double>(values, values + columns));
  }
  made["labels"] = batch.labels.labels;
  made["is_query"] = batch.labels.is_query;
  return made;
}

Json results_of_torch(const std::string& python, const Json& cases) {
  namespace fs = std::filesystem;
  const fs::path folder = testing::TempDir();
  // CTest runs the tests in the project's folder.
  const fs::path script = "tests/native/training/losses/losses_with_torch.py";
  const fs::path in = folder / "visavis_losses_cases.json";
  const fs::path out = folder / "visavis_losses_results.json";
  std::ofstream(in) << cases;
  fs::remove(out);
  const std::string command =
      python + " '" + script.string() + "' '" + in.string() + "' '" + out.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  Json results = Json::parse(std::ifstream(out), nullptr, false);
  fs::remove(in);
  fs::remove(out);
  return results;
}

TEST(LossesWithTorch, AgreeOnLossAndGradient) {
  const std::string python = python_with_torch();
  if (python.empty()) GTEST_SKIP() << "PyTorch is not installed (Debian: python3-torch)";
  ThreadPool threads(2);
  std::vector<LossBatch> batches;
  Json cases = Json::array();
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937_64 random(seed);
    for (const TorchCase& torch_case : torch_cases()) {
      batches.push_back(labelled_batch(torch_case.spec, random));
      cases.push_back(case_of(torch_case, batches.back()));
      const auto loss = make_loss<double>(torch_case.spec, batches.back().context, threads);
      cases.back()["parameters"] = parameters_of(*loss);
    }
  }
  const Json results = results_of_torch(python, cases);
  ASSERT_EQ(results.size(), batches.size());
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const std::string spec = torch_cases()[i % torch_cases().size()].spec;
    SCOPED_TRACE(spec + ", seed " + std::to_string(1 + i / torch_cases().size()));
    const auto loss = make_loss<double>(spec, batches[i].context, threads);
    Array<double> gradient;
    for (TrainableParameter<double>* p : loss->parameters()) p->gradient.fill(0);
    // Both in double: what differs is the order of sums.
    EXPECT_NEAR(loss->evaluate(batches[i].embeddings, batches[i].labels, gradient),
                results[i]["loss"].get<double>(), 1e-10);
    const std::size_t columns = batches[i].context.dimensions;
    for (std::size_t e = 0; e < gradient.size(); ++e) {
      const Json& expected = results[i]["gradient"][e / columns][e % columns];
      EXPECT_NEAR(gradient[e], expected.get<double>(), 1e-10) << "element " << e;
    }
    for (const TrainableParameter<double>* p : loss->parameters()) {
      const Json& expected = results[i]["parameter_gradients"].at(p->name);
      ASSERT_EQ(expected.size(), p->gradient.size()) << p->name;
      for (std::size_t e = 0; e < p->gradient.size(); ++e) {
        EXPECT_NEAR(p->gradient[e], expected[e].get<double>(), 1e-10) << p->name << " " << e;
      }
    }
  }
}

}  // namespace
}  // namespace visavis::losses_torch_test
