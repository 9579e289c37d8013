#include "core/zeroshot/zero_shot_file.h"

#include <cereal/archives/portable_binary.hpp>
#include <exception>
#include <sstream>
#include <stdexcept>

#include "core/base/envelope.h"
#include "core/base/error.h"
#include "core/model/model_archive.h"
#include "core/model/span_archive.h"

namespace visavis {
namespace {

constexpr EnvelopeFormat kFormat = {{'V', 'I', 'S', 'A', 'V', 'I', 'S', 'Z'},
                                    kZeroShotFormatVersion,
                                    "zero-shot model",
                                    "; make it again with `visavis zero-shot train`"};

}  // namespace

/// Field order is the file format: a change needs a new kZeroShotFormatVersion, and a branch here
/// that still reads the old one.
template <class Archive>
void serialize(Archive& archive, ZeroShotModel& model) {
  auto method = static_cast<std::uint32_t>(model.method);
  archive(method);
  if (method > static_cast<std::uint32_t>(ZeroShotMethod::kDap)) {
    throw cereal::Exception("a method of unknown number " + std::to_string(method));
  }
  model.method = static_cast<ZeroShotMethod>(method);
  archive(model.embedder, model.embedder_digest, model.attributes, model.attribute_mean,
          model.attribute_scale, model.embedding_mean, model.map, model.variance, model.temperature,
          model.seen_bias, model.seen_classes, model.record);
}

void save_zero_shot(const ZeroShotModel& model, std::ostream& out) {
  check_zero_shot_model(model);
  std::ostringstream payload;
  {
    cereal::PortableBinaryOutputArchive archive(
        payload, cereal::PortableBinaryOutputArchive::Options::LittleEndian());
    archive(model);
  }
  write_envelope(kFormat, std::move(payload).str(), out);
  if (!out.flush()) {
    throw Error(ErrorCode::kIo,
                "cannot write the zero-shot model: the disk is full or the file was closed");
  }
}

ZeroShotModel load_zero_shot(std::span<const std::uint8_t> bytes, const std::string& source) {
  const auto payload = open_envelope(kFormat, bytes, source);
  try {
    SpanInputArchive archive(payload);
    ZeroShotModel model;
    archive(model);
    if (archive.left() > 0) throw std::runtime_error("bytes are left over");
    check_zero_shot_model(model);
    return model;
  } catch (const std::exception& problem) {
    throw_damaged(kFormat, problem, source);
  }
}

}  // namespace visavis
