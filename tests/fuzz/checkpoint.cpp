#include "native/training/run/checkpoint.h"

#include "tests/fuzz/command_answer.h"

/// A checkpoint of training.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> file(data, size);
  const std::vector<std::uint8_t> in_envelope = visavis::fuzz::sealed(file);
  visavis::fuzz::accepted_by_command(
      [&] { return visavis::read_checkpoint(file, "a.checkpoint"); });
  visavis::fuzz::accepted_by_command(
      [&] { return visavis::read_checkpoint(in_envelope, "a.checkpoint"); });
  return 0;
}
