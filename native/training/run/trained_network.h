#pragma once

#include <filesystem>
#include <string>

#include "core/model/model.h"
#include "core/network/architectures.h"

namespace visavis {

/// The architecture name that stands for the network of the model in `init`.
inline constexpr const char* kArchitectureOfInit = "init";

/// What is to learn.
struct NetworkPlan {
  std::string architecture = "mobilefacenet";
  ArchitectureOptions architecture_options;
  std::filesystem::path init;  ///< Checkpoint or model file that gives the start.
};

/// What a run trains, before its first step.
struct TrainedNetwork {
  NetworkSpec spec;
  Preprocessing preprocessing;
  AlignmentTemplate template112;  ///< Where a 112-pixel input has the face's five points.
  Parameters parameters;          ///< To start with; empty: drawn at random.
};

/// A named architecture, or for kArchitectureOfInit the very network of the model that --init
/// names: its batch normalisations stay folded, so that training moves no statistics; a scaling of
/// the pixels by its first layer becomes preprocessing; slopes that are one for all channels of a
/// layer become a leaky rectifier's and are not learned (XNNPACK has that in int8). Throws as
/// make_architecture and read_model, and kModelMismatch for what is no embedder of one output, or
/// compares by a head of its own.
TrainedNetwork trained_network(const NetworkPlan& plan);

/// For kArchitectureOfInit: the plan's input size, channels and embedding length become the
/// model's. Throws as trained_network, and kModelMismatch where the model's faces are aligned and
/// those of the run are not, or the other way round.
void take_sizes_of_init(NetworkPlan& plan, bool aligns_faces);

}  // namespace visavis
