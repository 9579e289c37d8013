#include "core/model/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"
#include "tests/core/network/reference_layers.h"

namespace visavis::model_test {
namespace {

Model sound_model() {
  Random random(301);
  Model model;
  model.network = one_layer({4, 4, 3}, Convolution{{3, 3, 1, 1, 1, 1, {}}, 5});
  model.parameters = random.parameters(model.network);
  model.preprocessing = {{127, 127, 127}, {0.01F, 0.01F, 0.01F}};
  return model;
}

void expect_refused(const Model& model, const std::string& part) {
  expect_error(ErrorCode::kInvalidArgument, part, [&] { check_model(model); });
}

TEST(CheckModel, AcceptsASoundModel) { EXPECT_NO_THROW(check_model(sound_model())); }

TEST(CheckModel, NamesTheParameter) {
  Model model = sound_model();
  model.parameters.erase("layer.bias");
  expect_refused(model, "'layer.bias' (5) is missing");

  model = sound_model();
  model.parameters["layer.bias"] = Tensor({6});
  expect_refused(model, "'layer.bias' has shape 6; the network needs 5");

  model = sound_model();
  model.parameters["other.bias"] = Tensor({6});
  expect_refused(model, "'other.bias' belongs to no layer");

  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    model = sound_model();
    model.parameters["layer.filter"][7] = bad;
    expect_refused(model, "'layer.filter' holds a value that is not finite");
  }
}

TEST(CheckModel, RefusesUnsoundNetworksAndPreprocessing) {
  Model model = sound_model();
  model.network.layers[0].inputs = {3};
  expect_refused(model, "layer 'layer'");

  model = sound_model();
  model.network.outputs.clear();
  expect_refused(model, "no outputs");

  model = sound_model();
  model.preprocessing.mean.pop_back();
  expect_refused(model, "2 means and 3 scales");

  model = sound_model();
  model.preprocessing.scale[1] = std::nanf("");
  expect_refused(model, "preprocessing holds a value that is not finite");
}

TEST(CheckModel, RefusesNumbersThatHideInTheRest) {
  const double nan = std::nan("");
  const auto refused_with = [](const std::string& problem, auto change) {
    Model model = sound_model();
    model.calibration.points = {{0.5, {0, 0, 0.1}, {1, 0.9, 1}}, {1.5, {1, 0.9, 1}, {0, 0, 0.1}}};
    model.calibration.threshold = 1;
    check_model(model);
    change(model);
    expect_refused(model, problem);
  };
  refused_with("threshold must be a number from 0 to 2.0001, not nan",
               [&](Model& model) { model.calibration.threshold = nan; });
  refused_with("distance must be",
               [&](Model& model) { model.calibration.points[1].distance = nan; });
  refused_with("FMR must be a number from 0 to 1, not 1.5",
               [](Model& model) { model.calibration.points[0].fmr.high = 1.5; });
  refused_with("FNMR must be", [&](Model& model) { model.calibration.points[0].fnmr.low = nan; });
  refused_with("or none", [](Model& model) { model.calibration.points[0].alike_fmr = Rate{}; });
  refused_with("rising distances",
               [](Model& model) { model.calibration.points[1].distance = 0.5; });
  refused_with("alignment template holds", [&](Model& model) {
    model.alignment.points = {{1, static_cast<float>(nan)}};
  });
  refused_with("score threshold must be",
               [&](Model& model) { model.detector.score_threshold = static_cast<float>(nan); });
  refused_with("anchors of stride 0", [](Model& model) { model.detector.grids = {{0, 2}}; });
}

TEST(ModelKind, HasAName) {
  EXPECT_EQ(to_string(ModelKind::kEmbedder), "embedder");
  EXPECT_EQ(to_string(ModelKind::kFaceDetector), "face detector");
  EXPECT_EQ(to_string(ModelKind::kFaceLandmarks), "face landmarks");
  EXPECT_EQ(to_string(ModelKind::kClassifier), "classifier");
}

// Folding ----------------------------------------------------------------------------------------

int normalizations(const NetworkSpec& spec) {
  int count = 0;
  for (const Layer& layer : spec.layers) {
    if (std::holds_alternative<BatchNormalization>(layer.kind)) ++count;
  }
  return count;
}

/// Folds the network with random weights and holds it against the unfolded one: within 1e-5 of the
/// output's largest element, since the folded weights are rounded to fp32 once (2^-24 each).
NetworkSpec expect_same_folded(const NetworkSpec& spec, unsigned seed) {
  Random random(seed);
  SCOPED_TRACE(random.trace());
  Model model;
  model.network = spec;
  model.parameters = random.parameters(spec);
  const Model folded = fold_batch_normalization(model);
  EXPECT_EQ(normalizations(folded.network), 0);
  EXPECT_NO_THROW(check_parameters(folded.network, folded.parameters));

  const Tensor input = random.input(spec, 2);
  const auto expected = run_reference(spec, model.parameters, input);
  const auto actual = run_reference(folded.network, folded.parameters, input);
  EXPECT_EQ(actual.size(), expected.size());
  for (std::size_t o = 0; o < std::min(actual.size(), expected.size()); ++o) {
    EXPECT_EQ(actual[o].shape(), expected[o].shape());
    float largest = 0;
    for (const float value : expected[o]) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < expected[o].size(); ++i) {
      EXPECT_NEAR(actual[o][i], expected[o][i], 1e-5 * largest) << "output " << o;
    }
  }
  return folded.network;
}

TEST(FoldBatchNormalization, IntoEveryLayerWithAFilter) {
  const Window window{3, 3, 1, 1, 1, 1, {1, 1, 1, 1}};
  for (const bool has_bias : {false, true}) {
    for (const LayerKind& kind : {LayerKind{Convolution{window, 6, 1, has_bias}},
                                  LayerKind{Convolution{window, 6, 2, has_bias}},
                                  LayerKind{DepthwiseConvolution{window, has_bias}},
                                  LayerKind{FullyConnected{9, has_bias}}}) {
      SCOPED_TRACE(kind_name(kind));
      NetworkSpec spec = one_layer({6, 5, 4}, kind);
      spec.outputs = {add_layer(spec, "bn", BatchNormalization{0.001F}, {1})};
      EXPECT_EQ(expect_same_folded(spec, 302).layers.size(), 1U);
    }
  }
}

TEST(FoldBatchNormalization, TwoInARowAndLayersBehind) {
  NetworkSpec spec = one_layer({6, 5, 4}, Convolution{{3, 3, 1, 1, 1, 1, {}}, 6});
  ValueId value = add_layer(spec, "bn1", BatchNormalization{}, {1});
  value = add_layer(spec, "bn2", BatchNormalization{}, {value});
  const ValueId relu = add_layer(spec, "relu", Relu{}, {value});
  value = add_layer(spec, "conv2", Convolution{{1, 1, 1, 1, 1, 1, {}}, 6}, {relu});
  value = add_layer(spec, "bn3", BatchNormalization{}, {value});
  spec.outputs = {add_layer(spec, "add", Add{}, {value, relu}), value};
  EXPECT_EQ(expect_same_folded(spec, 303).layers.size(), 4U);
}

TEST(FoldBatchNormalization, ThroughDropoutWhichGoes) {
  NetworkSpec spec = one_layer({6, 5, 4}, Convolution{{3, 3, 1, 1, 1, 1, {}}, 6});
  ValueId value = add_layer(spec, "dropout", Dropout{0.5F}, {1});
  value = add_layer(spec, "bn", BatchNormalization{}, {value});
  spec.outputs = {add_layer(spec, "last", Dropout{0.1F}, {value})};
  EXPECT_EQ(expect_same_folded(spec, 305).layers.size(), 1U);

  // The convolution is read beside the dropout, too: it must stay as it is.
  spec.outputs.push_back(add_layer(spec, "relu", Relu{}, {1}));
  EXPECT_EQ(expect_same_folded(spec, 306).layers.size(), 3U);
}

TEST(FoldBatchNormalization, BecomesDepthwiseWhereThereIsNothingToFoldInto) {
  NetworkSpec spec = one_layer({6, 5, 4}, BatchNormalization{});  // of the input
  const ValueId relu = add_layer(spec, "relu", Relu{}, {1});
  spec.outputs.push_back(add_layer(spec, "bn", BatchNormalization{}, {relu}));
  const ValueId pooled = add_layer(spec, "pooled", GlobalAveragePool{}, {relu});
  spec.outputs.push_back(add_layer(spec, "vector_bn", BatchNormalization{}, {pooled}));
  const ValueId rows = add_layer(spec, "rows", Reshape{{30, 4}}, {relu});
  spec.outputs.push_back(add_layer(spec, "rows_bn", BatchNormalization{}, {rows}));
  expect_same_folded(spec, 304);
}

/// Folding into a convolution that somebody else reads would change what they read.
TEST(FoldBatchNormalization, LeavesSharedValuesAlone) {
  NetworkSpec spec = one_layer({6, 5, 4}, Convolution{{1, 1, 1, 1, 1, 1, {}}, 4});
  const ValueId bn = add_layer(spec, "bn", BatchNormalization{}, {1});
  spec.outputs = {add_layer(spec, "add", Add{}, {bn, 1})};
  expect_same_folded(spec, 305);
  spec = one_layer({6, 5, 4}, Convolution{{1, 1, 1, 1, 1, 1, {}}, 4});
  spec.outputs.push_back(add_layer(spec, "bn", BatchNormalization{}, {1}));
  expect_same_folded(spec, 306);
}

TEST(FoldBatchNormalization, RefusesAVarianceThatIsNotPositive) {
  Random random(307);
  Model model;
  model.network = one_layer({6, 5, 4}, BatchNormalization{0.0F});
  model.parameters = random.parameters(model.network);
  model.parameters["layer.variance"][2] = 0;
  expect_error(ErrorCode::kInvalidArgument, "layer 'layer' (batch normalization)",
               [&] { fold_batch_normalization(model); });
  model.parameters.erase("layer.mean");
  expect_error(ErrorCode::kInvalidArgument, "'layer.mean'",
               [&] { fold_batch_normalization(model); });
}

}  // namespace
}  // namespace visavis::model_test
