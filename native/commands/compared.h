#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <variant>

#include "core/face/template_file.h"
#include "core/face/verifier.h"
#include "native/models/model_files.h"

namespace visavis {

/// What the options of `visavis compare` say of one side.
struct ComparedFile {
  const char* face_option = "";  ///< The option that `face` comes from.
  std::string name;
  std::size_t face = 0;  ///< From 1; 0: the first, and others are told of.
};

/// What such a file holds: a photo, or a face that `visavis enrol` kept.
using PhotoOrTemplate = std::variant<Image, StoredTemplate>;

/// Reads both files at once where there are two processors. Throws kInvalidArgument where a face of
/// a template is chosen, and as read_image and load_template.
std::array<PhotoOrTemplate, 2> read_both(const ComparedFile& reference, const ComparedFile& probe);

/// Throws kModelMismatch unless a template is of the embedder that it is to be compared by.
void check_template(const PhotoOrTemplate& read, const ComparedFile& file, const FaceModels& models,
                    const ModelChoice& choice);

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

/// Verifier::enrol of face number `face`, from 1. 0 takes the first face and tells on stderr of
/// further ones, which `option` selects. Shows progress on a terminal. An Error names the file.
ComparedPhoto enrol_photo(Verifier& verifier, const Image& photo, const std::string& file,
                          std::size_t face, const char* option);

/// enrol_photo of a photo; a template is there already.
Compared enrol_compared(Verifier& verifier, const PhotoOrTemplate& read, const ComparedFile& file);

/// For Verifier::verify; of a template file only the embedding is known.
FaceTemplate template_of(const Compared& compared);

/// Of a template file nothing is known: it counts as one of a good photo.
FaceFitness fitness_of(const Compared& compared);

/// Nothing for a template file.
const FaceTemplate* template_of_photo(const Compared& compared);

}  // namespace visavis
