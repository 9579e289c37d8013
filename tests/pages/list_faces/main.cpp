// list_faces FILE|FOLDER..: the faces that the shipped detector finds in each picture, one JSON
// object a line and picture, in the detector's order (the first is the one that is compared):
//   {"file", "width", "height", "milliseconds", "faces": [{"box": [left, top, width, height],
//    "confidence", "keypoints": [[x, y] * 6, in FaceKeypoint's order]}]}
// or {"file", "error"}. With --track first of all, what a live view would tell of the picture, as of
// a first frame:
//   {"file", "width", "height", "milliseconds", "others": how many, "face": null or {"box", ..,
//    "landmarks": [[x, y] * 68], "quality": {of core/face/quality.h and capture_quality.h}}}
// Folders are walked in the order of their paths; files that no picture is
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

template <class Points>
nlohmann::json as_json(const Points& points) {
  nlohmann::json list = nlohmann::json::array();
  for (const visavis::Point& point : points) list.push_back({point.x, point.y});
  return list;
}

nlohmann::json as_json(const visavis::Face& face) {
  return {{"box", {face.box.left, face.box.top, face.box.width, face.box.height}},
          {"confidence", face.confidence},
          {"keypoints", as_json(face.keypoints)}};
}

nlohmann::json as_json(const visavis::Quality& q, const visavis::CaptureQuality& c) {
  return {{"eye_distance", q.eye_distance},
          {"sharpness", q.sharpness},
          {"brightness", q.brightness},
          {"contrast", q.contrast},
          {"yaw", q.yaw},
          {"visible", q.visible},
          {"pitch", c.pitch},
          {"roll", c.roll},
          {"eyes_open", c.eyes_open},
          {"mouth_open", c.mouth_open},
          {"inter_eye_distance", c.inter_eye_distance},
          {"head_size", c.head_size},
          {"margin_left", c.margin_left},
          {"margin_right", c.margin_right},
          {"margin_above", c.margin_above},
          {"margin_below", c.margin_below},
          {"luminance_mean", c.luminance_mean},
          {"luminance_variance", c.luminance_variance},
          {"dynamic_range", c.dynamic_range},
          {"over_exposed", c.over_exposed},
          {"under_exposed", c.under_exposed},
          {"glare", c.glare},
          {"illumination_uniformity", c.illumination_uniformity},
          {"light_balance", c.light_balance},
          {"natural_colour", c.natural_colour}};
}

void find_faces(const visavis::Image& photo, visavis::Verifier& verifier, nlohmann::json& line) {
  line["faces"] = nlohmann::json::array();
  for (const visavis::Face& face : verifier.detect_faces(photo)) {
    line["faces"].push_back(as_json(face));
  }
}

void track_face(const visavis::Image& photo, visavis::Verifier& verifier, nlohmann::json& line) {
  const visavis::TrackedView view = verifier.track(photo);
  line["others"] = view.others.size();
  line["face"] = nullptr;
  if (!view.face) return;
  line["face"] = as_json(view.face->face);
  line["face"]["landmarks"] = as_json(view.face->landmarks);
  line["face"]["quality"] = as_json(view.face->quality, view.face->capture);
}

nlohmann::json line_of(const fs::path& file, visavis::Verifier& verifier, bool tracks) {
  nlohmann::json line = {{"file", file.string()}};
  try {
    const visavis::Image photo = visavis::read_image(file);
    line["width"] = photo.width;
    line["height"] = photo.height;
    const auto start = std::chrono::steady_clock::now();
    (tracks ? track_face : find_faces)(photo, verifier, line);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    line["milliseconds"] = time.count();
  } catch (const visavis::Error& error) {
    line["error"] = error.what();
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool tracks = !arguments.empty() && arguments.front() == "--track";
  if (tracks) arguments.erase(arguments.begin());
  if (arguments.empty()) {
    std::cerr << "usage: list_faces [--track] FILE|FOLDER..\n";
    return 2;
  }
  try {
    visavis::Verifier verifier(visavis::load_face_models({}), 1);
    for (const fs::path& file : list_files(arguments)) {
      std::cout << line_of(file, verifier, tracks)
                       .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "list_faces: " << error.what() << '\n';
    return 2;
  }
  return 0;
}
