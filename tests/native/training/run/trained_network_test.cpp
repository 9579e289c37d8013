#include "native/training/run/trained_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "core/base/error.h"
#include "core/model/embedder.h"
#include "native/training/run/export_model.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::trained_network_test {
namespace {

using testing::HasSubstr;

Tensor tensor(const Shape& shape, float first, float step) {
  Tensor values(shape);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = first + step * static_cast<float>(i);
  }
  return values;
}

/// Scales its pixels itself, has one slope for all channels of a layer and another for each of the
/// next, and gives 1 x 1 x 4.
Model small_model() {
  Model model;
  model.name = "small";
  model.network.input = {16, 16, 3};
  model.preprocessing = {{100, 110, 120}, {0.02F, 0.01F, 0.03F}};
  model.alignment = training_template112();
  for (Point& point : model.alignment.points) point = {point.x / 7, point.y / 7};
  Convolution convolution;
  convolution.window = {3, 3, 2, 2, 1, 1, {1, 1, 1, 1}};
  convolution.out_channels = 4;
  ValueId value = add_layer(model.network, "norm", DepthwiseConvolution{}, {0});
  value = add_layer(model.network, "conv", convolution, {value});
  value = add_layer(model.network, "equal", Prelu{}, {value});
  value = add_layer(model.network, "unequal", Prelu{}, {value});
  value = add_layer(model.network, "pool", GlobalAveragePool{}, {value});
  model.network.outputs = {add_layer(model.network, "shape", Reshape{{1, 1, 4}}, {value})};
  model.parameters["norm.filter"] = tensor({1, 1, 3}, -0.5F, 1.5F);
  model.parameters["norm.bias"] = tensor({3}, 0.25F, -0.5F);
  model.parameters["conv.filter"] = tensor({4, 3, 3, 3}, -0.6F, 0.011F);
  model.parameters["conv.bias"] = tensor({4}, -0.2F, 0.1F);
  model.parameters["equal.slope"] = tensor({4}, 0.3F, 0);
  model.parameters["unequal.slope"] = tensor({4}, -0.1F, 0.2F);
  return model;
}

class TrainedNetworkTest : public testing::Test {
 protected:
  [[nodiscard]] NetworkPlan plan_of(const Model& model) const {
    NetworkPlan plan;
    plan.architecture = kArchitectureOfInit;
    plan.init = folder_ / "model.visavis";
    write_model(model, plan.init, WeightStorage::kFloat32);
    return plan;
  }
  [[nodiscard]] std::string refusal(const NetworkPlan& plan) const {
    try {
      trained_network(plan);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  TemporaryFolder folder_;
};

TEST_F(TrainedNetworkTest, OfAModelComputesWhatTheModelDoes) {
  const Model model = small_model();
  NetworkPlan plan = plan_of(model);
  take_sizes_of_init(plan, true);
  EXPECT_EQ(plan.architecture_options.height, 16);
  EXPECT_EQ(plan.architecture_options.embedding_length, 4);

  const TrainedNetwork network = trained_network(plan);
  EXPECT_TRUE(std::holds_alternative<Convolution>(network.spec.layers.front().kind))
      << "the scaling of pixels is preprocessing now";
  EXPECT_EQ(std::get<LeakyRelu>(network.spec.layers[1].kind).slope, 0.3F);
  EXPECT_TRUE(std::holds_alternative<Prelu>(network.spec.layers[2].kind));
  Model trained = model;
  trained.network = network.spec;
  trained.preprocessing = network.preprocessing;
  trained.parameters = network.parameters;
  const FineImage crop(photo_with_square(16, 16, 3, 5, 7));
  const Embedding expected = Embedder(model).embed(crop), found = Embedder(trained).embed(crop);
  ASSERT_EQ(found.size(), expected.size());
  // Unit vectors; the scaling is multiplied out in float.
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5) << i;

  const AlignmentTemplate standard = training_template112();
  for (std::size_t i = 0; i < standard.points.size(); ++i) {
    EXPECT_NEAR(network.template112.points[i].x, standard.points[i].x, 1e-4) << i;
  }
}

TEST_F(TrainedNetworkTest, OfAModelNamesWhatIsWrong) {
  NetworkPlan plan;
  plan.architecture = kArchitectureOfInit;
  EXPECT_THAT(refusal(plan), HasSubstr("name it: --init MODEL"));
  EXPECT_THAT(refusal(plan_of(fake_confirmation())), HasSubstr("give an embedder"));
  plan = plan_of(small_model());
  EXPECT_NO_THROW(take_sizes_of_init(plan, true));
  expect_error(ErrorCode::kModelMismatch, "leave --whole-images out",
               [&] { take_sizes_of_init(plan, false); });
}

TEST_F(TrainedNetworkTest, OfANameIsTheArchitecture) {
  NetworkPlan plan;
  plan.architecture = "conv4";
  plan.architecture_options.height = plan.architecture_options.width = 32;
  const TrainedNetwork network = trained_network(plan);
  EXPECT_EQ(network.spec.layers.size(),
            make_architecture("conv4", plan.architecture_options).layers.size());
  EXPECT_TRUE(network.parameters.empty());
  EXPECT_EQ(network.preprocessing.mean, training_preprocessing(3).mean);
}

}  // namespace
}  // namespace visavis::trained_network_test
