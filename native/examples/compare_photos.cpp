// Do two photos show the same person? From two files to a verdict, step by step.
//
//   build/native/example_compare_photos passport.jpg selfie.jpg
//
// `visavis compare` does the same with options; it also says what is wrong with a photo.

#include <iostream>

#include "core/base/error.h"
#include "core/face/verifier.h"
#include "native/images/image_file.h"
#include "native/models/model_files.h"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: example_compare_photos REFERENCE PROBE\n";
    return 2;
  }

  // The models are files: two detectors that find faces, a network that confirms them, one that
  // places 68 landmarks, and the embedder. {} means the default ones, which ./run puts into
  // build/models.
  const visavis::FaceModels models = visavis::load_face_models({});

  // The verifier holds these networks, ready to run. One object serves one thread.
  visavis::Verifier verifier(models);

  // A file becomes pixels: RGB, upright as EXIF says, in sRGB. JPEG, PNG, WebP, AVIF or HEIC.
  const visavis::Image reference_photo = visavis::read_image(argv[1]);
  const visavis::Image probe_photo = visavis::read_image(argv[2]);

  // A photo becomes a template. The face is found, turned upright and cut out at the size that the
  // embedder expects. The embedder turns the crop into a point on the unit sphere: photos of one
  // person lie close together, photos of different people far apart. Without a face this throws.
  const visavis::FaceTemplate reference = verifier.enrol(reference_photo).face_template;
  const visavis::FaceTemplate probe = verifier.enrol(probe_photo).face_template;
  std::cout << "a template has " << reference.embedding.size() << " numbers\n";

  // The distance between the two points, from 0 to 2, decides: below the threshold it is a match.
  // The threshold ships with the embedder. It was measured on people that training never saw.
  const visavis::Verdict verdict = verifier.verify(reference, probe);
  std::cout << (verdict.is_match ? "the same person" : "different people") << ": distance "
            << verdict.distance << ", the threshold is " << verdict.threshold << '\n';

  // FMR (false match rate): the share of pairs of different people that look at least this alike.
  // An embedder without a calibration table cannot tell it.
  if (verdict.fmr_at_distance) {
    std::cout << "FMR at this distance: " << verdict.fmr_at_distance->value << '\n';
  }
  return verdict.is_match ? 0 : 1;
} catch (const visavis::Error& error) {
  // One line that says what, where, and what to do.
  std::cerr << error.what() << '\n';
  return 2;
}
