#include "native/onnx/onnx_importer.h"
#include "tests/fuzz/command_answer.h"

/// An ONNX file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  visavis::fuzz::accepted_by_command([&] { return visavis::import_onnx({data, size}, "a.onnx"); });
  return 0;
}
