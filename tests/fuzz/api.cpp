#include "core/api/api.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>

#include "tests/fuzz/answer.h"

namespace {

using Calls = FuzzedDataProvider;

constexpr int kMostCalls = 64;
constexpr std::int32_t kMaxSide = 96;       ///< Of images that are filled and looked at.
constexpr std::int32_t kMostNumbers = 512;  ///< Of an embedding.

/// What the calls of one execution share.
struct State {
  std::vector<VisavisHandle> handles;
};

/// The verifier of the shipped models, or 0 where VISAVIS_MODELS names no folder with them.
VisavisHandle load_verifier() {
  const char* folder = std::getenv("VISAVIS_MODELS");
  if (folder == nullptr) return 0;
  const std::array<const char*, 5> files{"blazeface-near", "blazeface-far", "landmarks68",
                                         "embedder", "confirmation"};
  const VisavisHandle models = visavis_models_create();
  for (std::size_t role = 0; role < files.size(); ++role) {
    std::ifstream in(std::string(folder) + "/" + files[role] + ".visavis", std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
    visavis_models_load(models, static_cast<std::int32_t>(role), bytes.data(), bytes.size(),
                        files[role]);
  }
  const VisavisHandle verifier = visavis_verifier_create(models);
  visavis_destroy(models);
  return verifier;
}

void check_error() {
  if (visavis_error_code() == 0) return;
  const std::string message = visavis_error_message();
  if (visavis_error_code() == static_cast<std::int32_t>(visavis::ErrorCode::kInternal))
    visavis::fuzz::finding("internal: " + message);
  if (message.empty() || message.find('\n') != std::string::npos)
    visavis::fuzz::finding("no line: " + message);
}

/// Mostly one that lives.
VisavisHandle any_handle(Calls& calls, const State& state) {
  if (state.handles.empty() || calls.ConsumeBool()) return calls.ConsumeIntegral<std::int32_t>();
  return state.handles[calls.ConsumeIntegralInRange<std::size_t>(0, state.handles.size() - 1)];
}

void keep(State& state, VisavisHandle made) {
  if (made != 0) state.handles.push_back(made);
}

std::int32_t any_size(Calls& calls) {
  return calls.ConsumeBool() ? calls.ConsumeIntegralInRange<std::int32_t>(1, kMaxSide)
                             : calls.ConsumeIntegral<std::int32_t>();
}

float any_float(Calls& calls) {
  constexpr std::array kOdd{0.0F,
                            1.0F,
                            -1.0F,
                            3e38F,
                            std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity()};
  if (calls.ConsumeBool()) return calls.PickValueInArray(kOdd);
  return static_cast<float>(calls.ConsumeIntegral<std::int16_t>()) / 64;
}

/// Numbers for a pointer that the callee reads `count` of; a length above kMostNumbers must be refused unread.
std::vector<float> floats(Calls& calls, std::int32_t count) {
  std::vector<float> values(static_cast<std::size_t>(std::clamp(count, 1, kMostNumbers)));
  for (float& value : values) value = any_float(calls);
  if (calls.ConsumeBool()) {  // Of unit length, as embeddings are.
    std::fill(values.begin(), values.end(), 0.0F);
    values[calls.ConsumeIntegralInRange<std::size_t>(0, values.size() - 1)] = 1;
  }
  return values;
}

void write_image(Calls& calls, State& state) {
  const VisavisHandle image = any_handle(calls, state);
  const std::int32_t first = calls.ConsumeBool() ? 0 : any_size(calls), rows = any_size(calls);
  // Enough for any rows of the image that was made last; rows outside must be refused before they are read.
  const std::size_t bytes = std::size_t{4} * kMaxSide * kMaxSide;
  std::vector<std::uint8_t> pixels(bytes, calls.ConsumeIntegral<std::uint8_t>());
  if (calls.ConsumeBool()) {
    visavis_image_write(image, first, rows, pixels.data());
  } else {
    visavis_image_write_stored(image, calls.ConsumeIntegralInRange<std::int32_t>(-1, 9),
                               calls.ConsumeBool() ? 1 : 0, first, rows, pixels.data());
  }
}

void make_image(Calls& calls, State& state) {
  std::int32_t width = any_size(calls), height = any_size(calls);
  // Between what is filled and what is refused lies what would only take time.
  if (width > kMaxSide && width < 100'000) width = kMaxSide;
  if (height > kMaxSide && height < 100'000) height = kMaxSide;
  const std::int64_t pixels = std::int64_t{width} * height;
  if (pixels > std::int64_t{kMaxSide} * kMaxSide && pixels < 120'000'000) return;
  keep(state, visavis_image_create(width, height));
}

void look_at_image(Calls& calls, State& state, VisavisHandle verifier) {
  const VisavisHandle image = any_handle(calls, state);
  const VisavisHandle by = calls.ConsumeBool() ? verifier : any_handle(calls, state);
  const std::vector<float> face = floats(calls, kVisavisFaceValues);
  switch (calls.ConsumeIntegralInRange(0, 3)) {
    case 0:
      return keep(state, visavis_faces_detect(by, image, calls.ConsumeBool() ? 1 : 0));
    case 1:
      return keep(state, visavis_track(by, image, calls.ConsumeBool() ? face.data() : nullptr));
    case 2:
      return keep(state, visavis_template_create(by, image, face.data()));
    default:
      return keep(state, visavis_ink_find(image));
  }
}

void decide(Calls& calls, State& state, VisavisHandle verifier) {
  const VisavisHandle by = calls.ConsumeBool() ? verifier : any_handle(calls, state);
  const std::int32_t length = calls.ConsumeBool() ? 256 : calls.ConsumeIntegral<std::int32_t>();
  std::array<double, 2 + kVisavisRateValues> verdict{};
  const std::vector<float> a = floats(calls, length), b = floats(calls, length);
  visavis_verify(by, a.data(), b.data(), length, any_float(calls), verdict.data());
  if (visavis_error_code() == 0 && verdict[1] == 1 && std::isnan(verdict[2]))
    visavis::fuzz::finding("a match of no distance");
  check_error();
  visavis_decide(by, any_float(calls), calls.ConsumeIntegral<std::int32_t>(), any_float(calls),
                 calls.ConsumeIntegral<std::uint32_t>(), any_float(calls),
                 calls.ConsumeIntegral<std::uint32_t>());
  check_error();
  visavis_calibration_rates(by, any_float(calls), verdict.data());
  check_error();
  visavis_operating_point(by, calls.ConsumeIntegral<std::int32_t>(), verdict.data());
  check_error();
  visavis_calibration_odds(by, any_float(calls));
}

void use_support(Calls& calls, State& state) {
  const VisavisHandle support = any_handle(calls, state);
  const std::string name = calls.ConsumeRandomLengthString(8);
  switch (calls.ConsumeIntegralInRange(0, 5)) {
    case 0:
      return keep(state,
                  visavis_support_create(calls.ConsumeIntegralInRange<std::int32_t>(-1, 16)));
    case 1: {
      const std::int32_t length = calls.ConsumeIntegralInRange<std::int32_t>(-1, 16);
      const std::vector<float> example = floats(calls, length);
      return visavis_support_add(support, name.c_str(), example.data(), length);
    }
    case 2:
      return visavis_support_remove_example(support, name.c_str(),
                                            calls.ConsumeIntegral<std::int32_t>());
    case 3:
      return visavis_support_remove_class(support, name.c_str());
    case 4: {
      const std::size_t size = visavis_support_pack(support, "a model");
      check_error();
      if (size == 0) return;
      const VisavisHandle copy =
          visavis_support_unpack(visavis_support_packed(support), size, "a model", "packed");
      if (copy == 0) visavis::fuzz::finding("a packed support set is refused");
      return keep(state, copy);
    }
    default: {
      const std::string bytes = calls.ConsumeRandomLengthString(64);
      const auto* start = reinterpret_cast<const std::uint8_t*>(bytes.data());
      return keep(state, visavis_support_unpack(start, bytes.size(), "a model", "bytes"));
    }
  }
}

void call(Calls& calls, State& state, VisavisHandle verifier) {
  switch (calls.ConsumeIntegralInRange(0, 6)) {
    case 0:
      return make_image(calls, state);
    case 1:
      return write_image(calls, state);
    case 2:
      return look_at_image(calls, state, verifier);
    case 3:
      return decide(calls, state, verifier);
    case 4:
      return use_support(calls, state);
    case 5: {
      const VisavisHandle object = any_handle(calls, state);
      if (object != verifier) visavis_destroy(object);
      return;
    }
    default: {
      const VisavisHandle object = any_handle(calls, state);
      visavis_faces_count(object);
      check_error();
      visavis_template_issue_code(object, calls.ConsumeIntegral<std::int32_t>());
      check_error();
      visavis_support_class_name(object, calls.ConsumeIntegral<std::int32_t>());
    }
  }
}

}  // namespace

/// Functions of the C API in any order, with any sizes, numbers and handles; pointers are valid for
/// whatever must be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const VisavisHandle verifier = load_verifier();
  const std::int32_t alive = visavis_live_handles();
  Calls calls(data, size);
  State state;
  for (int i = 0; i < kMostCalls && calls.remaining_bytes() > 0; ++i) {
    call(calls, state, verifier);
    check_error();
  }
  for (const VisavisHandle handle : state.handles) visavis_destroy(handle);
  if (visavis_live_handles() != alive) visavis::fuzz::finding("an object outlives its handle");
  return 0;
}
