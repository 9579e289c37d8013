#include "native/commands/protocol_options.h"

#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "native/atomic_file.h"
#include "native/lfw_pairs.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

/// "lfw.tar" of "some/where/lfw.tar": reports should not tell where the data lay.
std::string short_name(const std::string& location) {
  const std::size_t colon = location.rfind(':');
  const std::string path = location.substr(0, colon);
  const std::string inside = colon == std::string::npos ? "" : location.substr(colon);
  return fs::path(path).lexically_normal().filename().string() + inside;
}

/// The pairs' text: a file, or one inside the images' archive.
std::string read_pairs(const std::string& pairs, const Dataset& images) {
  constexpr std::size_t kMaxBytes = 64U << 20U;
  std::error_code ignored;
  if (fs::exists(pairs, ignored)) {
    const std::vector<std::uint8_t> bytes = read_file(pairs, kMaxBytes);
    return {bytes.begin(), bytes.end()};
  }
  auto text = images.read_text(pairs);
  if (!text) {
    throw Error(ErrorCode::kIo,
                pairs + ": no such file, neither here nor inside " + images.location());
  }
  return *std::move(text);
}

void check_options(const ProtocolOptions& options) {
  const bool by_pairs = !options.pairs.empty() || !options.images.empty();
  const bool by_folders = !options.folders.empty();
  const bool by_references = !options.references.empty() || !options.probes.empty();
  if (by_pairs + by_folders + by_references != 1) {
    throw Error(ErrorCode::kInvalidArgument,
                "say which photos to compare in one way: --pairs FILE --images DATA, --folders "
                "DATA, or --references DATA --probes DATA");
  }
  if (by_pairs && (options.pairs.empty() || options.images.empty())) {
    throw Error(ErrorCode::kInvalidArgument, "--pairs FILE and --images DATA go together");
  }
  if (by_references && (options.references.empty() || options.probes.empty())) {
    throw Error(ErrorCode::kInvalidArgument, "--references DATA and --probes DATA go together");
  }
}

}  // namespace

void add_protocol_options(CLI::App& command, ProtocolOptions& options) {
  command.add_option("--pairs", options.pairs,
                     "Pairs: LFW's pairs.txt or a CSV a,b,same[,fold]; a file, or its name inside "
                     "the archive of --images");
  command.add_option("--images", options.images,
                     "Photos that the pairs name: a folder, a tar, or TAR:FOLDER-INSIDE");
  command.add_option("--folders", options.folders,
                     "A folder per person (folder, tar, or TAR:FOLDER-INSIDE): every photo against "
                     "every other");
  command.add_option("--references", options.references,
                     "Every photo of this folder or tar against every one of --probes; one person "
                     "is a folder, or the file name up to its first '_'");
  command.add_option("--probes", options.probes, "See --references");
  command.add_option("--seed", options.seed,
                     "Chooses the pairs where there are more than 4,000,000, and, in evaluate, "
                     "how photos are altered (default 1)");
}

OpenedProtocol open_protocol(const ProtocolOptions& options) {
  check_options(options);
  OpenedProtocol opened;
  const auto open = [&opened](const std::string& location) -> const Dataset& {
    opened.datasets.push_back(std::make_unique<Dataset>(Dataset::open(location)));
    return *opened.datasets.back();
  };
  if (!options.pairs.empty()) {
    const Dataset& images = open(options.images);
    const auto pairs = parse_pairs(read_pairs(options.pairs, images), options.pairs);
    opened.protocol = protocol_of_pairs(
        images, pairs, short_name(options.pairs) + " on " + short_name(options.images));
  } else if (!options.folders.empty()) {
    const Dataset& photos = open(options.folders);
    std::vector<PhotoRef> refs;
    for (std::size_t i = 0; i < photos.images().size(); ++i) refs.push_back({&photos, i});
    opened.protocol = protocol_of_all(refs, "all pairs of " + short_name(options.folders),
                                      kMaxProtocolPairs, options.seed);
  } else {
    const Dataset& references = open(options.references);
    const Dataset& probes = open(options.probes);
    opened.protocol =
        protocol_of_references(references, probes,
                               "every photo of " + short_name(options.references) +
                                   " against every one of " + short_name(options.probes));
  }
  return opened;
}

}  // namespace visavis
