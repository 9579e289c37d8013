#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/base/crc32.h"
#include "core/base/error.h"

/// What the targets share. Each gives a reader whatever libFuzzer makes up.
namespace visavis::fuzz {

/// Ends the run: libFuzzer keeps the input.
[[noreturn]] inline void finding(const std::string& what) {
  std::cerr << "finding: " << what << '\n';
  std::abort();
}

/// Messages of the core are shown as they are.
inline std::string as_it_is(const std::string& message) { return message; }

/// What `read` returns; nothing where it refuses as a reader may: with an Error that is not our own
/// mistake, and of which `shown` makes a line. Any other exception ends the run by itself.
template <typename Read, typename Shown = decltype(&as_it_is)>
auto accepted(Read read, Shown shown = as_it_is) -> std::optional<std::invoke_result_t<Read>> {
  try {
    return read();
  } catch (const Error& error) {
    const std::string message = shown(error.what());
    if (error.code() == ErrorCode::kInternal) finding("internal: " + message);
    if (message.find('\n') != std::string::npos) finding("more than a line: " + message);
    if (message.empty()) finding("no message");
    return std::nullopt;
  }
}

/// Length and checksum of an envelope (core/base/envelope.h) set right, so that its content is read.
inline std::vector<std::uint8_t> sealed(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kLengthAt = 12, kChecksumAt = 20, kPayloadAt = 24;
  std::vector<std::uint8_t> file(bytes.begin(), bytes.end());
  if (file.size() < kPayloadAt) return file;
  const auto put = [&](std::size_t at, std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) file[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  put(kLengthAt, file.size() - kPayloadAt, 8);
  put(kChecksumAt, crc32(std::span(file).subspan(kPayloadAt)), 4);
  return file;
}

/// Reads the bytes as they are and as a sealed envelope. What is accepted is written by `write` and read
/// again, which must give the same file once more.
template <typename Read, typename Write>
void round_trip(std::span<const std::uint8_t> bytes, Read read, Write write) {
  const std::vector<std::uint8_t> in_envelope = sealed(bytes);
  for (const std::span<const std::uint8_t> file :
       {bytes, std::span<const std::uint8_t>(in_envelope)}) {
    const auto first = accepted([&] { return read(file); });
    if (!first) continue;
    const std::string written = write(*first);
    const auto* start = reinterpret_cast<const std::uint8_t*>(written.data());
    const auto second = accepted([&] { return read({start, written.size()}); });
    if (!second) finding("what was written is refused");
    if (write(*second) != written) finding("what was written is read as something else");
  }
}

}  // namespace visavis::fuzz
