// list_faces FILE|FOLDER..: the faces that the shipped detector finds in each picture, one JSON
// object a line and picture, in the detector's order (the first is the one that is compared):
//   {"file", "width", "height", "milliseconds", "faces": [{"box": [left, top, width, height],
//    "confidence", "keypoints": [[x, y] * 6, in FaceKeypoint's order]}]}
// or {"file", "error"}. Folders are walked in the order of their paths; files that no picture is
// found in are listed as errors, and nothing is left out. Models: $VISAVIS_MODELS, else
// build/models.
#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/face/verifier.h"
#include "native/images/image_file.h"
#include "native/models/model_files.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> list_files(const std::vector<std::string>& arguments) {
  std::vector<fs::path> files;
  for (const std::string& argument : arguments) {
    if (!fs::is_directory(argument)) {
      files.emplace_back(argument);
      continue;
    }
    std::vector<fs::path> inside;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.is_regular_file() && entry.path().extension() != ".csv") {
        inside.push_back(entry.path());
      }
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

nlohmann::json as_json(const visavis::Face& face) {
  nlohmann::json keypoints = nlohmann::json::array();
  for (const visavis::Point& point : face.keypoints) keypoints.push_back({point.x, point.y});
  return {{"box", {face.box.left, face.box.top, face.box.width, face.box.height}},
          {"confidence", face.confidence},
          {"keypoints", keypoints}};
}

nlohmann::json faces_of(const fs::path& file, visavis::Verifier& verifier) {
  nlohmann::json line = {{"file", file.string()}};
  try {
    const visavis::Image photo = visavis::read_image(file);
    const auto start = std::chrono::steady_clock::now();
    const std::vector<visavis::Face> faces = verifier.detect_faces(photo);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    line["width"] = photo.width;
    line["height"] = photo.height;
    line["milliseconds"] = time.count();
    line["faces"] = nlohmann::json::array();
    for (const visavis::Face& face : faces) line["faces"].push_back(as_json(face));
  } catch (const visavis::Error& error) {
    line["error"] = error.what();
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    std::cerr << "usage: list_faces FILE|FOLDER..\n";
    return 2;
  }
  try {
    visavis::Verifier verifier(visavis::load_face_models({}), 1);
    for (const fs::path& file : list_files(arguments)) {
      std::cout
          << faces_of(file, verifier).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
          << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "list_faces: " << error.what() << '\n';
    return 2;
  }
  return 0;
}
