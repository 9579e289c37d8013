#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>

#include "core/zeroshot/zero_shot.h"

namespace visavis {

/// Version of the zero-shot file that this build writes; it reads this and all older ones.
inline constexpr std::uint32_t kZeroShotFormatVersion = 1;

/// One file: a model file's envelope (core/base/envelope.h) under a magic of its own, "VISAVISZ".
/// Throws as check_zero_shot_model does, before a byte is written; kIo when the stream fails.
void save_zero_shot(const ZeroShotModel& model, std::ostream& out);

/// `source` names the file in messages. Throws kModelForeign, kModelTruncated, kModelCorrupt or
/// kModelVersion; sizes that lie run into the end of the file and allocate nothing.
ZeroShotModel load_zero_shot(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis
