#include "native/commands/compared.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "core/base/error.h"
#include "core/base/with_subject.h"
#include "native/images/image_file.h"
#include "native/system/atomic_file.h"
#include "native/system/file_start.h"
#include "native/system/printable.h"
#include "native/system/thread_pool.h"
#include "native/terminal/activity.h"

namespace visavis {
namespace {

/// Of template files; far above what an embedding takes.
constexpr std::size_t kMaxTemplateBytes = 1U << 20U;

PhotoOrTemplate read_photo_or_template(const ComparedFile& file) {
  if (!is_template(file_start(file.name, 8))) return read_image(file.name);
  if (file.face > 0) {
    refuse(printable(file.name) + " is a template, of one face: leave " + file.face_option +
           " out");
  }
  return load_template(read_file(file.name, kMaxTemplateBytes), file.name);
}

}  // namespace

std::array<PhotoOrTemplate, 2> read_both(const ComparedFile& reference, const ComparedFile& probe) {
  const Activity activity("reading the photos");
  const std::array<const ComparedFile*, 2> files{&reference, &probe};
  std::array<PhotoOrTemplate, 2> read;
  ThreadPool(2).parallel_for(2, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) read[i] = read_photo_or_template(*files[i]);
  });
  return read;
}

void check_template(const PhotoOrTemplate& read, const ComparedFile& file, const FaceModels& models,
                    const ModelChoice& choice) {
  const auto* stored = std::get_if<StoredTemplate>(&read);
  if (stored == nullptr) return;
  const std::string embedder = embedder_fingerprint(
      models.embedder.name, read_model_bytes(embedder_path(choice)), choice.averages_mirror);
  if (stored->model == embedder) return;
  throw Error(ErrorCode::kModelMismatch,
              printable(file.name) + ": made by " + printable(stored->model) +
                  ", and this embedder is " + printable(embedder) +
                  ": enrol the photo again, or name its embedder by --model");
}

ComparedPhoto enrol_photo(Verifier& verifier, const Image& photo, const std::string& file,
                          std::size_t face, const char* option) {
  ComparedPhoto compared{
      file, with_subject(file, [&] {
        Activity activity("looking for faces");
        verifier.on_progress([&](double share) { activity.set_share(0, share); });
        Enrolment made = verifier.enrol(photo, std::max<std::size_t>(1, face));
        verifier.on_progress({});
        return made;
      })};
  if (face == 0 && compared.enrolment.faces > 1) {
    std::cerr << fmt::format(
        "{}: {} faces found, the largest sure one was taken; {} 2 takes the next\n",
        printable(file), compared.enrolment.faces, option);
  }
  return compared;
}

Compared enrol_compared(Verifier& verifier, const PhotoOrTemplate& read, const ComparedFile& file) {
  if (const auto* stored = std::get_if<StoredTemplate>(&read)) {
    return ComparedTemplate{file.name, *stored};
  }
  return enrol_photo(verifier, std::get<Image>(read), file.name, file.face, file.face_option);
}

const FaceTemplate* template_of_photo(const Compared& compared) {
  const auto* photo = std::get_if<ComparedPhoto>(&compared);
  return photo == nullptr ? nullptr : &photo->enrolment.face_template;
}

FaceFitness fitness_of(const Compared& compared) {
  const FaceTemplate* made = template_of_photo(compared);
  return made == nullptr ? FaceFitness{} : visavis::fitness_of(*made);
}

FaceTemplate template_of(const Compared& compared) {
  if (const FaceTemplate* made = template_of_photo(compared)) return *made;
  FaceTemplate kept;
  kept.embedding = std::get<ComparedTemplate>(compared).stored.embedding;
  return kept;
}

}  // namespace visavis
