#pragma once

#include <stdexcept>
#include <string>

namespace visavis {

/// What went wrong, as a stable number: it crosses the C API into TypeScript and names the exit
/// code of the CLI. Append only; never renumber.
enum class ErrorCode : int {
  kInvalidArgument = 1,  ///< A caller's mistake: wrong shape, range or option.
  kUnreadableImage = 2,  ///< Not an image, truncated, empty, or an unknown format.
  kImageTooLarge = 3,    ///< More pixels or bytes than visavis decodes.
  kImageTooSmall = 4,    ///< Too few pixels to hold a face.
  kNoFace = 5,           ///< No face found.
  kFaceTooSmall = 6,     ///< A face was found, with too few pixels to be compared.
  kModelForeign = 7,     ///< The file is no visavis model.
  kModelTruncated = 8,   ///< The model file ends early.
  kModelCorrupt = 9,     ///< Checksum or content of the model file is wrong.
  kModelVersion = 10,    ///< The model file was written by a newer visavis.
  kModelMismatch = 11,   ///< A sound model, but of another kind than was asked for.
  kUnsupported = 12,     ///< A layer, operator or platform feature that is not supported.
  kOutOfMemory = 13,
  kIo = 14,        ///< The file system refused: missing, not permitted, disk full.
  kInternal = 15,  ///< A bug in visavis.
};

/// The only exception thrown by visavis. The message is one line: what, where, the rule broken,
/// what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

/// Throws kInvalidArgument: `problem`, or "subject: problem".
[[noreturn]] inline void refuse(const std::string& problem) {
  throw Error(ErrorCode::kInvalidArgument, problem);
}
[[noreturn]] inline void refuse(const std::string& subject, const std::string& problem) {
  refuse(subject + ": " + problem);
}

}  // namespace visavis
