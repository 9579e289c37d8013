#include "native/training/run/checkpoint.h"

#include <algorithm>
#include <cereal/archives/portable_binary.hpp>
#include <sstream>
#include <stdexcept>

#include "core/base/envelope.h"
#include "core/base/error.h"
#include "core/model/model_archive.h"
#include "core/model/span_archive.h"
#include "native/system/atomic_file.h"

namespace visavis {
namespace {

constexpr EnvelopeFormat kFormat = {{'V', 'I', 'S', 'A', 'V', 'I', 'S', 'C'},
                                    kCheckpointFormatVersion,
                                    "visavis checkpoint",
                                    "; resume from another copy, or start the run anew"};
/// What is read into memory at most: five copies of 800 million parameters.

using OutputArchive = cereal::PortableBinaryOutputArchive;

std::string save_payload(const Checkpoint& checkpoint) {
  std::ostringstream stream;
  OutputArchive archive(stream, OutputArchive::Options::LittleEndian());
  archive(checkpoint.settings, checkpoint.step, checkpoint.random, checkpoint.history,
          checkpoint.progress, static_cast<std::uint64_t>(checkpoint.arrays.size()));
  for (const auto& [name, array] : checkpoint.arrays) {
    archive(name, array.shape(), cereal::binary_data(array.data(), array.size() * sizeof(float)));
  }
  return std::move(stream).str();
}

/// Elements of an array whose floats still fit into `bytes_left`; the product of dimensions that
/// lie may overflow, so it is held against the file as it grows.
std::size_t checked_count(const Shape& shape, std::uint64_t bytes_left, const std::string& name) {
  const std::uint64_t limit = bytes_left / sizeof(float);
  if (std::find(shape.begin(), shape.end(), std::size_t{0}) != shape.end()) return 0;
  std::uint64_t count = 1;
  for (const std::size_t dimension : shape) {
    if (dimension > limit / count) {
      throw std::runtime_error("it ends before array '" + name + "' does");
    }
    count *= dimension;
  }
  if (count > limit) throw std::runtime_error("it ends before array '" + name + "' does");
  return static_cast<std::size_t>(count);
}

/// Throws std::exception in any of its forms: the checksum was right, the content is not.
Checkpoint load_payload(std::span<const std::uint8_t> payload) {
  SpanInputArchive archive(payload);
  Checkpoint checkpoint;
  std::uint64_t arrays = 0;
  archive(checkpoint.settings, checkpoint.step, checkpoint.random, checkpoint.history,
          checkpoint.progress, arrays);
  for (std::uint64_t i = 0; i < arrays; ++i) {
    std::string name;
    Shape shape;
    archive(name, shape);
    const std::size_t count = checked_count(shape, archive.left(), name);
    const auto [place, is_new] = checkpoint.arrays.try_emplace(name, std::move(shape));
    if (!is_new) throw std::runtime_error("array '" + name + "' is in it twice");
    archive(cereal::binary_data(place->second.data(), count * sizeof(float)));
  }
  if (archive.left() > 0) throw std::runtime_error("bytes are left over");
  return checkpoint;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

const std::string* find_setting(const Settings& settings, const std::string& name) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const auto& setting) { return setting.first == name; });
  return found == settings.end() ? nullptr : &found->second;
}

void check_setting(const std::string& name, const std::string* saved, const std::string* now,
                   const std::string& source) {
  if (saved != nullptr && now != nullptr && *saved == *now) return;
  const auto quoted = [](const std::string* value) {
    return value == nullptr ? std::string("none") : "'" + *value + "'";
  };
  throw Error(ErrorCode::kModelMismatch,
              source + " is of a run whose " + name + " was " + quoted(saved) + ", and now it is " +
                  quoted(now) +
                  "; a resumed run must keep it: give it as before, or start a new run without "
                  "--resume");
}

}  // namespace

void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& file) {
  const std::string payload = save_payload(checkpoint);
  write_file_atomically(file, [&](std::ostream& out) { write_envelope(kFormat, payload, out); });
}

Checkpoint load_checkpoint(const std::filesystem::path& file) {
  return read_checkpoint(read_file(file, kMaxCheckpointBytes), file.string());
}

Checkpoint read_checkpoint(std::span<const std::uint8_t> bytes, const std::string& source) {
  const auto payload = open_envelope(kFormat, bytes, source);
  try {
    return load_payload(payload);
  } catch (const std::exception& problem) {
    throw_damaged(kFormat, problem, source);
  }
}

bool is_checkpoint(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= kFormat.magic.size() &&
         std::equal(kFormat.magic.begin(), kFormat.magic.end(), bytes.begin());
}

void check_same_settings(const Checkpoint& checkpoint, const Settings& settings,
                         const std::string& source, const std::set<std::string>& ignored) {
  for (const auto& [name, value] : checkpoint.settings) {
    if (ignored.contains(name)) continue;
    check_setting(name, &value, find_setting(settings, name), source);
  }
  for (const auto& [name, value] : settings) {
    if (ignored.contains(name)) continue;
    check_setting(name, find_setting(checkpoint.settings, name), &value, source);
  }
}

}  // namespace visavis
