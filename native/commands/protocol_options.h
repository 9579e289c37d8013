#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/dataset.h"
#include "native/protocol.h"

namespace visavis {

/// Which photos to compare with which, as `evaluate` and `calibrate` take it.
struct ProtocolOptions {
  std::string pairs;
  std::string images;
  std::string folders;
  std::string references;
  std::string probes;
  std::uint64_t seed = 1;
};

void add_protocol_options(CLI::App& command, ProtocolOptions& options);

/// A protocol with the data sets that it points into.
struct OpenedProtocol {
  std::vector<std::unique_ptr<Dataset>> datasets;
  Protocol protocol;
};

/// Throws kInvalidArgument unless exactly one way of telling pairs is given in full, and as the
/// protocols do.
OpenedProtocol open_protocol(const ProtocolOptions& options);

}  // namespace visavis
