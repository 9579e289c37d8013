#pragma once

#include <filesystem>
#include <string>

#include "core/model/model.h"
#include "core/model/model_file.h"
#include "core/network/architectures.h"
#include "core/rates/calibration.h"
#include "native/training/run/validation.h"

namespace visavis {

/// Pixels to network input as all networks trained here take it: (pixel - 127.5) / 127.5 in each
/// of `channels`. Throws kInvalidArgument for other than 1 or 3 channels.
Preprocessing training_preprocessing(int channels);

/// Where networks trained here have the face's points in an input of 112x112, whatever embedder is
/// the default at the time: a command trains the same model before and after that changes. It is
/// the imported MobileFaceNet's (models/imported/mobilefacenet.json), so that it can teach.
AlignmentTemplate training_template112();

/// The alignment template of a 112-pixel embedder, for an input of width x height.
AlignmentTemplate scaled_template(const AlignmentTemplate& template112, int width, int height);

/// A network in training as the model that ships: batch normalisation folded, dropout gone. Those
/// of the parameters that are the head's become its.
/// `alignment` is empty for networks that take images as they are. Throws kInvalidArgument
/// as fold_batch_normalization does.
Model export_model(const std::string& name, const NetworkSpec& spec, const Parameters& parameters,
                   const AlignmentTemplate& alignment, Record record, const FewShotHead& head = {});

/// Fewer impostor pairs give no threshold.
inline constexpr std::size_t kFewestImpostorPairs = 10;

/// The calibration table of people held out, from validation's distances; the operating FMR is
/// 1e-3, or the lowest of 1e-2 and 1e-1 that the pairs allow (said in the table's source). Empty
/// where even that is not possible.
CalibrationTable calibrate_on(const ValidationResult& validation, const std::string& source);

/// save_model to a file, atomically. Throws kIo, and kInvalidArgument as check_model does.
void write_model(const Model& model, const std::filesystem::path& file, WeightStorage storage);

}  // namespace visavis
