#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "core/face/template_file.h"
#include "core/face/verifier.h"

namespace visavis {

/// A photo file and its enrolment.
struct ComparedPhoto {
  std::string file;
  Enrolment enrolment;
};

/// A template file and what it holds.
struct ComparedTemplate {
  std::string file;
  StoredTemplate stored;
};

/// One side of a comparison.
using Compared = std::variant<ComparedPhoto, ComparedTemplate>;

/// Two faces and what `visavis compare` found.
struct Comparison {
  Compared reference;
  Compared probe;
  Verdict verdict;
};

/// What a file holds that compare is given: a photo, or a face that `visavis enrol` kept.
using PhotoOrTemplate = std::variant<Image, StoredTemplate>;

/// Reads both files at once where there are two processors. Throws as read_image and load_template.
std::array<PhotoOrTemplate, 2> read_both(const std::string& reference, const std::string& probe);

/// Verifier::enrol of face number `face`, from 1. 0 takes the first face and tells on stderr of
/// further ones, which `option` selects. Shows progress on a terminal. An Error names the file.
ComparedPhoto enrol_photo(Verifier& verifier, const Image& photo, const std::string& file,
                          std::size_t face, const char* option);

/// Verifier::verify of both sides.
Verdict verify(const Verifier& verifier, const Compared& reference, const Compared& probe,
               std::optional<double> threshold);

/// One JSON object on stdout. `calibration` is the embedder's, which may be empty.
void print_comparison_json(const Comparison& comparison, const CalibrationTable& calibration);

/// The verdict in words on stdout, with what makes each photo less reliable, a line each.
void print_comparison(const Comparison& comparison, const CalibrationTable& calibration);

/// What the network saw of each photo, as reference.png and probe.png in `folder`, which is made
/// where it is missing; of a template nothing is written. Throws kIo.
void save_crops(const Comparison& comparison, const std::filesystem::path& folder);

/// Throws as check_output_folder and check_output_file do where save_crops would fail or overwrite
/// one of the photos. Does nothing for an empty `folder`.
void check_crops(const std::filesystem::path& folder, const std::string& reference,
                 const std::string& probe);

}  // namespace visavis
