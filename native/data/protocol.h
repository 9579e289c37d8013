#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "native/data/lfw_pairs.h"

namespace visavis {

/// Two photos of a protocol, by index.
struct ProtocolPair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  bool is_genuine = false;
  int fold = -1;
};

/// Which photos are compared with which. The datasets must outlive it.
struct Protocol {
  std::string name;  ///< One line: what was compared, for reports and the model card.
  std::vector<PhotoRef> photos;
  std::vector<ProtocolPair> pairs;
};

/// Pairs listed one by one. Throws kInvalidArgument naming the first photo that is not there.
Protocol protocol_of_pairs(const Dataset& images, const std::vector<PhotoPair>& pairs,
                           std::string name);

/// Every reference against every probe; genuine where identity_of says so.
Protocol protocol_of_references(const Dataset& references, const Dataset& probes, std::string name);

/// More pairs than this are sampled.
inline constexpr std::size_t kMaxProtocolPairs = 4'000'000;

/// Every photo against every other, genuine where identity_of agrees. Above `max_pairs`, genuine
/// and impostor pairs are sampled at random by `seed`, and the name says so.
Protocol protocol_of_all(const std::vector<PhotoRef>& photos, std::string name,
                         std::size_t max_pairs = kMaxProtocolPairs, std::uint64_t seed = 1);

/// The protocol's genuine pairs, and as impostor pairs every two of its people, each by the first
/// of their photos in order of names: so many pairs tell smaller rates. Folds go. Throws
/// kInvalidArgument for more than 10,000 people.
Protocol with_all_impostors(Protocol protocol);

/// Tells protocols apart by their pairs and the names and contents of their photos, 16 hexadecimal
/// digits: reads every photo. Throws as Dataset::read.
std::string protocol_fingerprint(const Protocol& protocol);

}  // namespace visavis
