// candidate_crops faces|all LIST OUT: what the face detectors take for a face, for teaching the
// network that confirms faces (models/confirmation/make.sh). LIST names a picture a line. `faces`
// takes the most confident candidate of each picture (pictures of one face), `all` takes every one,
// down to a confidence that the product would never look at. Into the folder OUT:
//   NNNNNN.png  64x64, a level square 1.5 times the candidate's box, moved a little at random
//   crops.csv   crop,file,x,y,side,confidence: centre and side of the candidate's box in the
//   picture
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
#include <vector>

#include "core/base/csv.h"
#include "core/base/error.h"
#include "core/face/blazeface.h"
#include "core/face/face_detector.h"
#include "core/image/resample.h"
#include "native/images/image_file.h"
#include "native/models/model_files.h"

namespace visavis {
namespace {

constexpr int kCropSide = 64;
constexpr double kCropMargin = 1.5;  // kClassifiedMargin of core/face/face_detector.cpp.
constexpr double kSecondLook = 2;    // Side of the second look's square, in the box's sides.
constexpr double kMaxShift = 0.5;    // Between both looks, in the box's sides.
constexpr std::size_t kPerStage = 12, kPerPicture = 30;
constexpr float kFaceThreshold = 0.3F, kCandidateThreshold = 0.15F;

/// How far a crop is moved: the second crop of a candidate more than the first.
struct Jitter {
  double angle, least_scale, most_scale;
};
constexpr Jitter kLittle{0.08, 0.93, 1.08}, kMore{0.2, 0.85, 1.2};

Point to_the_right(const Face& face) {
  const Point left = face.keypoints[kLeftEye], right = face.keypoints[kRightEye];
  return {right.x - left.x, right.y - left.y};
}

class CandidateCrops {
 public:
  CandidateCrops(const Model& near, const Model& far, bool takes_all,
                 const std::filesystem::path& out)
      : takes_all_(takes_all),
        near_(with_threshold(near)),
        far_(with_threshold(far)),
        out_(out),
        index_(out / "crops.csv") {
    index_ << "crop,file,x,y,side,confidence\n";
  }

  void add(const std::string& file) {
    const Image picture = read_image(file);
    if (std::min(picture.width, picture.height) < kMinPhotoSide) return;
    ImagePyramid photo(picture);
    std::size_t taken = 0;
    for (const Face& candidate : candidates_of(photo)) {
      const std::optional<Face> face = look_again(photo, candidate);
      if (!face) continue;
      if (++taken > kPerPicture) break;
      write(photo, *face, file, kLittle);
      if (takes_all_) write(photo, *face, file, kMore);
    }
  }

  [[nodiscard]] int count() const { return count_; }

 private:
  [[nodiscard]] float threshold() const {
    return takes_all_ ? kCandidateThreshold : kFaceThreshold;
  }

  [[nodiscard]] Model with_threshold(Model detector) const {
    detector.detector.score_threshold = threshold();
    return detector;
  }

  std::vector<Face> candidates_of(ImagePyramid& photo) {
    const int width = photo.photo().width, height = photo.photo().height;
    const int near = near_.input_size(), far = far_.input_size();
    std::vector<Face> all = look(photo, near_, {letterbox(width, height, near, 1.3)});
    const auto append = [&all](const std::vector<Face>& more) {
      all.insert(all.end(), more.begin(), more.end());
    };
    append(look(photo, near_, {letterbox(width, height, near, 2)}));
    if (!takes_all_) {
      std::stable_sort(all.begin(), all.end(),
                       [](const Face& a, const Face& b) { return a.confidence > b.confidence; });
      all.resize(std::min<std::size_t>(all.size(), 1));
      return all;
    }
    append(look(photo, far_, {letterbox(width, height, far)}));
    for (const double parts : {1.5, 3.0}) {
      const double side = std::max(width, height) / parts;
      if (side >= far) append(look(photo, far_, tiles(width, height, side, far)));
    }
    return all;
  }

  static std::vector<Face> look(ImagePyramid& photo, BlazeFace& detector,
                                const std::vector<SimilarityTransform>& crops) {
    std::vector<Face> faces;
    for (const SimilarityTransform& crop : crops) {
      for (const Face& face : detector.detect(photo, crop)) faces.push_back(face);
    }
    faces = blend_overlapping(std::move(faces));
    faces.resize(std::min(faces.size(), kPerStage));
    return faces;
  }

  std::optional<Face> look_again(ImagePyramid& photo, const Face& candidate) {
    const Point right = to_the_right(candidate);
    if (right.x == 0 && right.y == 0) return std::nullopt;
    const Point centre = centre_of(candidate);
    const double side = side_of(candidate);
    std::optional<Face> best;
    for (const float way : {1.0F, -1.0F}) {
      const SimilarityTransform square = square_crop(
          centre, side * kSecondLook, {way * right.x, way * right.y}, near_.input_size());
      for (const Face& face : near_.detect(photo, square)) {
        if (distance_between(centre_of(face), centre) > kMaxShift * side) continue;
        if (!best || face.confidence > best->confidence) best = face;
      }
      if (!takes_all_) break;  // Photos of faces stand upright.
    }
    return best;
  }

  void write(ImagePyramid& photo, const Face& face, const std::string& file, const Jitter& jitter) {
    const auto drawn = [this](double least, double most) {
      return std::uniform_real_distribution<double>(least, most)(random_);
    };
    const Point right = to_the_right(face);
    const double angle = std::atan2(right.y, right.x) + drawn(-jitter.angle, jitter.angle);
    const double side = side_of(face) * drawn(jitter.least_scale, jitter.most_scale);
    Point centre = centre_of(face);
    centre.x += static_cast<float>(drawn(-0.06, 0.06) * side);
    centre.y += static_cast<float>(drawn(-0.06, 0.06) * side);
    const Point level{static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    const SimilarityTransform square = square_crop(centre, side * kCropMargin, level, kCropSide);
    const std::string name = fmt::format("{:06}.png", count_++);
    write_png(rounded(resample(photo, square, kCropSide, kCropSide, Border::kNearest)),
              out_ / name);
    index_ << fmt::format("{},{},{:.1f},{:.1f},{:.1f},{:.3f}\n", name, csv_field(file), centre.x,
                          centre.y, side_of(face), face.confidence);
  }

  bool takes_all_;
  BlazeFace near_;
  BlazeFace far_;
  std::filesystem::path out_;
  std::ofstream index_;
  std::mt19937 random_{7};
  int count_ = 0;
};

int run(const std::string& mode, const std::string& list_file, const std::filesystem::path& out) {
  std::ifstream list(list_file);
  if (!list) throw Error(ErrorCode::kIo, list_file + ": cannot be read");
  std::filesystem::create_directories(out);
  const std::filesystem::path models = models_folder("");
  CandidateCrops crops(read_model(models / kNearDetectorFile),
                       read_model(models / kFarDetectorFile), mode == "all", out);
  std::string file;
  while (std::getline(list, file)) {
    try {
      crops.add(file);
    } catch (const Error& error) {
      std::cerr << "left out: " << error.what() << '\n';
    }
  }
  std::cout << crops.count() << " crops in " << out.string() << '\n';
  return 0;
}

}  // namespace
}  // namespace visavis

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() != 3 || (arguments[0] != "faces" && arguments[0] != "all")) {
    std::cerr << "usage: candidate_crops faces|all LIST OUT\n";
    return 2;
  }
  try {
    return visavis::run(arguments[0], arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    std::cerr << "candidate_crops: " << error.what() << '\n';
    return 2;
  }
}
