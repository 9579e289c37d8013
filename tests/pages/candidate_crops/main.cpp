// candidate_crops faces|all|varied|classified LIST OUT: what the face detectors take for a face,
// for teaching the network that confirms faces (models/confirmation/make.sh). LIST names a picture
// a line. `faces` takes the most confident candidate of each picture (pictures of one face), `all`
// takes every one, down to a confidence that the product would never look at; `varied` does so with
// each picture and once more with it turned by one to three quarters, large ones at half their
// size. Into the folder OUT:
//   NNNNNN.png  64x64, a level square 1.5 times the candidate's box, moved a little at random
//   crops.csv   crop,file,x,y,side,confidence: centre and side of the candidate's box in the
//               picture as it was looked at
// `classified` writes no crops. It takes every candidate that the product would look at twice, and
// crops.csv has the network's logit of it in place of `crop`, as FaceDetector makes it:
//   logit,file,x,y,side,confidence
// Models: $VISAVIS_MODELS, else build/models.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/base/csv.h"
#include "core/base/error.h"
#include "core/face/face_candidates.h"
#include "core/face/face_detector.h"
#include "core/image/resample.h"
#include "native/images/image_file.h"
#include "native/models/model_files.h"

namespace visavis {
namespace {

constexpr int kCropSide = 64;
constexpr std::size_t kPerPicture = 20, kPerView = 8;
constexpr std::size_t kNoLimit = 1000;
constexpr int kLargeSide = 256;  // From here on a turned picture is halved: it is quicker.
constexpr float kFaceThreshold = 0.3F, kCandidateThreshold = 0.15F;

enum class Mode { kFaces, kAll, kVaried, kClassified };

/// How far a crop is moved: the second crop of a candidate more than the first.
struct Jitter {
  double angle, least_scale, most_scale;
};
constexpr Jitter kLittle{0.08, 0.93, 1.08}, kMore{0.2, 0.85, 1.2};

/// A quarter clockwise.
Image turned(const Image& picture) {
  Image result(picture.height, picture.width);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      std::copy_n(picture.pixel(x, y), 3, result.pixel(picture.height - 1 - y, x));
    }
  }
  return result;
}

class CandidateCrops {
 public:
  CandidateCrops(const std::filesystem::path& models, Mode mode, const std::filesystem::path& out)
      : mode_(mode),
        near_(with_threshold(read_model(models / kNearDetectorFile))),
        far_(with_threshold(read_model(models / kFarDetectorFile))),
        out_(out),
        index_(out / "crops.csv") {
    if (mode == Mode::kClassified) {
      classifier_.emplace(read_model(models / kConfirmationFile));
    }
    index_ << (mode == Mode::kClassified ? "logit" : "crop") << ",file,x,y,side,confidence\n";
  }

  void add(const std::string& file) {
    Image picture = read_image(file);
    add_view(picture, file, mode_ == Mode::kClassified ? kNoLimit : kPerPicture, true);
    if (mode_ != Mode::kVaried) return;
    if (std::min(picture.width, picture.height) >= kLargeSide) picture = halve(picture);
    for (auto quarters = 1 + random_() % 3; quarters > 0; --quarters) picture = turned(picture);
    add_view(picture, file, kPerView, false);
  }

  [[nodiscard]] int count() const { return count_; }

 private:
  /// Nothing: the detector's own.
  [[nodiscard]] Model with_threshold(Model detector) const {
    if (mode_ == Mode::kFaces) detector.detector.score_threshold = kFaceThreshold;
    if (mode_ == Mode::kAll || mode_ == Mode::kVaried) {
      detector.detector.score_threshold = kCandidateThreshold;
    }
    return detector;
  }

  void add_view(const Image& picture, const std::string& file, std::size_t most, bool has_tiles) {
    if (std::min(picture.width, picture.height) < kMinPhotoSide) return;
    ImagePyramid photo(picture);
    std::size_t taken = 0;
    for (const Face& candidate : candidates_of(photo, has_tiles)) {
      const std::optional<Face> face = refine_candidate(near_, photo, candidate);
      if (!face) continue;
      if (++taken > most) break;
      if (mode_ == Mode::kClassified) {
        ++count_;
        add_line(fmt::format("{:.4f}", classifier_->logit_of(photo, *face)), *face,
                 centre_of(*face), file);
        continue;
      }
      write(photo, *face, file, kLittle);
      if (mode_ == Mode::kAll) write(photo, *face, file, kMore);
    }
  }

  std::vector<Face> candidates_of(ImagePyramid& photo, bool has_tiles) {
    const int width = photo.photo().width, height = photo.photo().height;
    const int near = near_.input_size(), far = far_.input_size();
    std::vector<Face> all = find_candidates(near_, photo, {letterbox(width, height, near, 1.3)});
    const auto append = [&all](const std::vector<Face>& more) {
      all.insert(all.end(), more.begin(), more.end());
    };
    append(find_candidates(near_, photo, {letterbox(width, height, near, 2)}));
    if (mode_ == Mode::kFaces) {
      std::stable_sort(all.begin(), all.end(),
                       [](const Face& a, const Face& b) { return a.confidence > b.confidence; });
      all.resize(std::min<std::size_t>(all.size(), 1));
      return all;
    }
    append(find_candidates(far_, photo, {letterbox(width, height, far)}));
    for (const double parts : {1.5, 3.0}) {
      const double side = std::max(width, height) / parts;
      if (has_tiles && side >= far)
        append(find_candidates(far_, photo, tiles(width, height, side, far)));
    }
    // Several stages find the same thing.
    if (mode_ != Mode::kClassified) all = blend_overlapping(std::move(all));
    return all;
  }

  void write(ImagePyramid& photo, const Face& face, const std::string& file, const Jitter& jitter) {
    const auto drawn = [this](double least, double most) {
      return std::uniform_real_distribution<double>(least, most)(random_);
    };
    const Point right = eye_direction(face);
    const double angle = std::atan2(right.y, right.x) + drawn(-jitter.angle, jitter.angle);
    const double side = side_of(face) * drawn(jitter.least_scale, jitter.most_scale);
    Point centre = centre_of(face);
    centre.x += static_cast<float>(drawn(-0.06, 0.06) * side);
    centre.y += static_cast<float>(drawn(-0.06, 0.06) * side);
    const Point level{static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    const SimilarityTransform square =
        square_crop(centre, side * kClassifiedMargin, level, kCropSide);
    const std::string name = fmt::format("{:06}.png", count_++);
    write_png(rounded(resample(photo, square, kCropSide, kCropSide, Border::kNearest)),
              out_ / name);
    add_line(name, face, centre, file);
  }

  void add_line(const std::string& first, const Face& face, Point centre, const std::string& file) {
    index_ << fmt::format("{},{},{:.1f},{:.1f},{:.1f},{:.4f}\n", first, csv_field(file), centre.x,
                          centre.y, side_of(face), face.confidence);
  }

  Mode mode_;
  BlazeFace near_;
  BlazeFace far_;
  std::optional<FaceClassifier> classifier_;
  std::filesystem::path out_;
  std::ofstream index_;
  std::mt19937 random_{7};
  int count_ = 0;
};

std::optional<Mode> mode_of(const std::string& word) {
  const std::vector<std::pair<std::string, Mode>> modes{{"faces", Mode::kFaces},
                                                        {"all", Mode::kAll},
                                                        {"varied", Mode::kVaried},
                                                        {"classified", Mode::kClassified}};
  for (const auto& [name, mode] : modes) {
    if (name == word) return mode;
  }
  return std::nullopt;
}

int run(Mode mode, const std::string& list_file, const std::filesystem::path& out) {
  std::ifstream list(list_file);
  if (!list) throw Error(ErrorCode::kIo, list_file + ": cannot be read");
  std::filesystem::create_directories(out);
  CandidateCrops crops(models_folder(""), mode, out);
  std::string file;
  while (std::getline(list, file)) {
    try {
      crops.add(file);
    } catch (const Error& error) {
      std::cerr << "left out: " << error.what() << '\n';
    }
  }
  std::cout << crops.count() << " candidates in " << out.string() << '\n';
  return 0;
}

}  // namespace
}  // namespace visavis

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto mode = visavis::mode_of(arguments.empty() ? "" : arguments[0]);
  if (arguments.size() != 3 || !mode) {
    std::cerr << "usage: candidate_crops faces|all|varied|classified LIST OUT\n";
    return 2;
  }
  try {
    return visavis::run(*mode, arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    std::cerr << "candidate_crops: " << error.what() << '\n';
    return 2;
  }
}
