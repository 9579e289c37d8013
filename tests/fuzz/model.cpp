#include "core/model/model.h"

#include <sstream>

#include "core/model/model_file.h"
#include "core/network/network_spec.h"
#include "core/network/runtime.h"
#include "tests/fuzz/answer.h"

namespace {

/// Larger networks are not run: an execution should take a millisecond.
constexpr std::uint64_t kMaxWork = 1'000'000;

std::uint64_t work_of(const visavis::NetworkSpec& spec) {
  std::uint64_t work = visavis::multiply_adds(spec);
  for (const visavis::Shape& shape : visavis::infer_shapes(spec)) {
    work += visavis::element_count(shape);
    if (work > kMaxWork) break;
  }
  return work;
}

/// Of a small network: that it runs on zeros, or says why not.
void run(const visavis::Model& loaded) {
  visavis::fuzz::accepted([&] {
    const visavis::Model model = visavis::fold_batch_normalization(loaded);
    if (work_of(model.network) > kMaxWork) return std::size_t{0};
    visavis::Network network(model.network, model.parameters, 1, model.activation_scales);
    visavis::Shape shape = model.network.input;
    shape.insert(shape.begin(), 1);
    return network.run(visavis::Tensor(shape)).size();
  });
}

}  // namespace

/// A model file, and the network in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  visavis::fuzz::round_trip(
      {data, size},
      [](std::span<const std::uint8_t> bytes) {
        visavis::Model model = visavis::load_model(bytes, "a.visavis");
        run(model);
        return model;
      },
      [](const visavis::Model& model) {
        std::ostringstream out;
        visavis::save_model(model, out);
        return out.str();
      });
  return 0;
}
