// Prints the topology of a named network as JSON, so that PyTorch trains the very same one
// (train_with_torch.py).
#include <exception>
#include <iostream>
#include <string>

#include "core/network/architectures.h"
#include "tests/native/training/network/network_json.h"

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: network_json ARCH HEIGHT WIDTH CHANNELS\n";
    return 2;
  }
  try {
    visavis::ArchitectureOptions options;
    options.height = std::stoi(argv[2]);
    options.width = std::stoi(argv[3]);
    options.channels = std::stoi(argv[4]);
    std::cout << visavis::network_json(visavis::make_architecture(argv[1], options)) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "network_json: " << error.what() << '\n';
    return 2;
  }
  return 0;
}
