/// run_network MODEL: reads float32 inputs [batch, height, width, channels] from stdin as raw
/// bytes, runs the network on them, writes its outputs one after the other, raw. The importer's
/// parity test compares them with another runtime's.
#include <cstdio>
#include <exception>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/model/model_file.h"
#include "core/network/runtime.h"
#include "native/system/atomic_file.h"

namespace {

void run(const std::string& path) {
  const visavis::Model model =
      visavis::load_model(visavis::read_file(path, std::size_t{1} << 30U), path);
  const std::string bytes{std::istreambuf_iterator<char>(std::cin), {}};
  const std::size_t sample = visavis::element_count(model.network.input);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(values.data()));
  visavis::Shape shape{values.size() / sample};
  shape.insert(shape.end(), model.network.input.begin(), model.network.input.end());
  visavis::Network network(model.network, model.parameters);
  for (const visavis::Tensor& output : network.run(visavis::Tensor(shape, values))) {
    std::cout.write(reinterpret_cast<const char*>(output.data()),
                    static_cast<std::streamsize>(output.size() * sizeof(float)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw visavis::Error(visavis::ErrorCode::kInvalidArgument, "name one model");
    run(argv[1]);
    return std::cout.flush() ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "run_network: " << error.what() << '\n';
    return 2;
  }
}
