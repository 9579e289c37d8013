#include "native/data/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <utility>

#include "core/base/error.h"
#include "native/system/content_hash.h"

namespace visavis {
namespace {

PhotoRef find_photo(const Dataset& images, const std::string& name) {
  const auto found = images.find(name);
  if (!found) {
    throw Error(ErrorCode::kInvalidArgument,
                images.location() + ": no image '" + name + "', which the pairs name");
  }
  return {&images, *found};
}

/// Numbers people, so that identities compare as integers.
std::vector<std::uint32_t> identities_of(const std::vector<PhotoRef>& photos) {
  std::map<std::string, std::uint32_t> numbers;
  std::vector<std::uint32_t> identities;
  for (const PhotoRef& photo : photos) {
    const std::string identity = identity_of(photo.dataset->images()[photo.image]);
    const auto next = static_cast<std::uint32_t>(numbers.size());
    identities.push_back(numbers.emplace(identity, next).first->second);
  }
  return identities;
}

struct PairCounts {
  std::uint64_t genuine = 0;
  std::uint64_t impostor = 0;
};

PairCounts count_pairs(const std::vector<std::uint32_t>& identities) {
  std::map<std::uint32_t, std::uint64_t> photos_of;
  for (const std::uint32_t identity : identities) ++photos_of[identity];
  const std::uint64_t n = identities.size();
  PairCounts counts;
  for (const auto& [identity, photos] : photos_of) counts.genuine += photos * (photos - 1) / 2;
  counts.impostor = n * (n - 1) / 2 - counts.genuine;
  return counts;
}

/// Chooses exactly `wanted` of `total` items in order of arrival, each set of them equally likely
/// (Knuth, The Art of Computer Programming 3.4.2, algorithm S).
class SelectionSampler {
 public:
  SelectionSampler(std::uint64_t total, std::uint64_t wanted)
      : left_(total), wanted_(std::min(wanted, total)) {}

  bool take(std::mt19937_64& random) {
    // The bias of the modulo is below left_ / 2^64: nothing.
    const bool chosen = wanted_ == left_ || random() % left_ < wanted_;
    --left_;
    if (chosen) --wanted_;
    return chosen;
  }

 private:
  std::uint64_t left_;
  std::uint64_t wanted_;
};

}  // namespace

Protocol protocol_of_pairs(const Dataset& images, const std::vector<PhotoPair>& pairs,
                           std::string name) {
  Protocol protocol{std::move(name), {}, {}};
  std::map<std::size_t, std::uint32_t> photo_of_image;
  const auto number_of = [&](const std::string& photo) {
    const PhotoRef ref = find_photo(images, photo);
    const auto next = static_cast<std::uint32_t>(protocol.photos.size());
    const auto [it, is_new] = photo_of_image.emplace(ref.image, next);
    if (is_new) protocol.photos.push_back(ref);
    return it->second;
  };
  for (const PhotoPair& pair : pairs) {
    const std::uint32_t a = number_of(pair.a);
    const std::uint32_t b = number_of(pair.b);
    protocol.pairs.push_back({a, b, pair.is_genuine, pair.fold});
  }
  return protocol;
}

Protocol protocol_of_references(const Dataset& references, const Dataset& probes,
                                std::string name) {
  Protocol protocol{std::move(name), {}, {}};
  for (std::size_t i = 0; i < references.images().size(); ++i) {
    protocol.photos.push_back({&references, i});
  }
  for (std::size_t i = 0; i < probes.images().size(); ++i) protocol.photos.push_back({&probes, i});
  const std::vector<std::uint32_t> identities = identities_of(protocol.photos);
  const std::size_t first_probe = references.images().size();
  for (std::size_t a = 0; a < first_probe; ++a) {
    for (std::size_t b = first_probe; b < identities.size(); ++b) {
      protocol.pairs.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b),
                                identities[a] == identities[b], -1});
    }
  }
  return protocol;
}

Protocol protocol_of_all(const std::vector<PhotoRef>& photos, std::string name,
                         std::size_t max_pairs, std::uint64_t seed) {
  Protocol protocol{std::move(name), photos, {}};
  const std::vector<std::uint32_t> identities = identities_of(photos);
  const PairCounts counts = count_pairs(identities);
  // Genuine pairs are the scarcer kind: they may fill half the room.
  const std::uint64_t genuine = std::min<std::uint64_t>(
      counts.genuine,
      std::max<std::uint64_t>(max_pairs / 2,
                              max_pairs - std::min<std::uint64_t>(max_pairs, counts.impostor)));
  const std::uint64_t impostor = std::min<std::uint64_t>(counts.impostor, max_pairs - genuine);
  if (genuine + impostor < counts.genuine + counts.impostor) {
    protocol.name += " (" + std::to_string(genuine + impostor) + " of " +
                     std::to_string(counts.genuine + counts.impostor) + " pairs, seed " +
                     std::to_string(seed) + ")";
  }
  SelectionSampler genuine_sampler(counts.genuine, genuine);
  SelectionSampler impostor_sampler(counts.impostor, impostor);
  std::mt19937_64 random(seed);
  for (std::uint32_t a = 0; a < identities.size(); ++a) {
    for (std::uint32_t b = a + 1; b < identities.size(); ++b) {
      const bool is_genuine = identities[a] == identities[b];
      SelectionSampler& sampler = is_genuine ? genuine_sampler : impostor_sampler;
      if (sampler.take(random)) protocol.pairs.push_back({a, b, is_genuine, -1});
    }
  }
  return protocol;
}

Protocol with_all_impostors(Protocol protocol) {
  constexpr std::size_t kMaxPeople = 10'000;      // 50 million pairs, in 800 MB.
  std::map<std::string, std::uint32_t> first_of;  // Identity to photo.
  const auto name_of = [&](std::uint32_t photo) -> const std::string& {
    const PhotoRef& ref = protocol.photos[photo];
    return ref.dataset->images()[ref.image];
  };
  for (std::uint32_t photo = 0; photo < protocol.photos.size(); ++photo) {
    const auto [found, is_new] = first_of.emplace(identity_of(name_of(photo)), photo);
    if (!is_new && name_of(photo) < name_of(found->second)) found->second = photo;
  }
  if (first_of.size() > kMaxPeople) {
    throw Error(ErrorCode::kInvalidArgument, "every two of " + std::to_string(first_of.size()) +
                                                 " people are too many pairs; the most are " +
                                                 std::to_string(kMaxPeople) + " people");
  }
  std::erase_if(protocol.pairs, [](const ProtocolPair& pair) { return !pair.is_genuine; });
  for (ProtocolPair& pair : protocol.pairs) pair.fold = -1;
  for (auto a = first_of.begin(); a != first_of.end(); ++a) {
    for (auto b = std::next(a); b != first_of.end(); ++b) {
      protocol.pairs.push_back({a->second, b->second, false, -1});
    }
  }
  protocol.name += ", every two of its people";
  return protocol;
}

std::string protocol_fingerprint(const Protocol& protocol) {
  FieldHasher hasher;
  for (const PhotoRef& photo : protocol.photos) {
    hasher.add(photo.dataset->images()[photo.image]);
    hasher.add(to_string(content_hash(photo.dataset->read(photo.image))));
  }
  for (const ProtocolPair& pair : protocol.pairs) {
    hasher.add(std::uint64_t{pair.a} << 32U | pair.b);
    hasher.add(std::uint64_t{pair.is_genuine});
    hasher.add(static_cast<std::uint64_t>(static_cast<std::int64_t>(pair.fold)));
  }
  return fmt::format("{:016x}", hasher.value());
}

}  // namespace visavis
