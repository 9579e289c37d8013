#include "native/commands/comparison.h"

#include <fmt/format.h>

#include <cctype>
#include <iostream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/base/error.h"
#include "native/commands/options/output_check.h"
#include "native/images/image_file.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

constexpr const char* kReferenceCrop = "reference.png";
constexpr const char* kProbeCrop = "probe.png";

/// What the first line says of each outcome.
const char* headline(const Decision& decision) {
  if (decision.reasons == std::vector<std::string>{"same-picture"}) {
    return "Not clear: this is the same picture twice, give two different ones";
  }
  switch (decision.outcome) {
    case Outcome::kMatch:
      return "The photos match";
    case Outcome::kReview:
      return "Not clear: please look yourself";
    case Outcome::kMismatch:
      return "The photos do not match";
  }
  return "?";
}

/// "below 1.0412", "between 1.0412 and 1.2300", "not below 1.2300"
std::string place_of(double distance, const DecisionBounds& bounds) {
  if (distance < bounds.match_if_good) return fmt::format("below {:.4f}", bounds.match_if_good);
  if (distance >= bounds.mismatch) return fmt::format("not below {:.4f}", bounds.mismatch);
  return fmt::format("between {:.4f} and {:.4f}", bounds.match_if_good, bounds.mismatch);
}

nlohmann::ordered_json to_json(const DecisionBounds& bounds) {
  return {{"match", bounds.match},
          {"match_if_good", bounds.match_if_good},
          {"mismatch", bounds.mismatch},
          {"least_confidence", bounds.least_confidence}};
}

nlohmann::ordered_json to_json(const ComparedTemplate& of) {
  return {{"file", of.file}, {"template_of", of.stored.model}};
}

nlohmann::ordered_json to_json(const ComparedPhoto& photo) {
  const Face& face = photo.enrolment.face_template.face;
  const Quality& quality = photo.enrolment.face_template.quality;
  nlohmann::ordered_json issues = nlohmann::ordered_json::array();
  for (const QualityIssue issue : quality.issues) issues.push_back(code_of(issue));
  return {{"file", photo.file},
          {"faces", photo.enrolment.faces},
          {"box", {face.box.left, face.box.top, face.box.width, face.box.height}},
          {"confidence", face.confidence},
          {"eye_distance", quality.eye_distance},
          {"issues", issues}};
}

nlohmann::ordered_json to_json(const Compared& compared) {
  return std::visit([](const auto& one) { return to_json(one); }, compared);
}

void print_doubts(const Compared& compared, double least_confidence) {
  if (!std::holds_alternative<ComparedPhoto>(compared)) return;
  const auto& photo = std::get<ComparedPhoto>(compared);
  const FaceTemplate& of = photo.enrolment.face_template;
  if (of.face.confidence < least_confidence) {
    std::cout << fmt::format(
        "{}: it is not certain that a face was found (confidence {:.2f}): use a clearer photo\n",
        printable(photo.file), of.face.confidence);
  }
  for (const QualityIssue issue : of.quality.issues) {
    std::cout << printable(photo.file) << ": " << message_of(issue) << '\n';
  }
}

}  // namespace

Decision decide_at_threshold(const Verdict& verdict) {
  return {verdict.is_match ? Outcome::kMatch : Outcome::kMismatch, {}};
}

void print_comparison_json(const Comparison& comparison, const CalibrationTable& calibration) {
  const Verdict& verdict = comparison.verdict;
  nlohmann::ordered_json json{{"outcome", code_of(comparison.decision.outcome)},
                              {"reasons", comparison.decision.reasons},
                              {"bounds", to_json(comparison.bounds)},
                              {"is_match", verdict.is_match},
                              {"distance", verdict.distance},
                              {"threshold", verdict.threshold}};
  if (const auto& fmr = verdict.fmr_at_distance) {
    json["fmr_at_distance"] = fmr->value;
    json["fmr_at_distance_ci95"] = {fmr->low, fmr->high};
    json["fmr_in_words"] = odds_in_words(calibration, fmr->value);
  }
  if (const auto& alike = verdict.alike_fmr_at_distance) {
    json["alike_fmr_at_distance"] = alike->value;
    json["alike_fmr_at_distance_ci95"] = {alike->low, alike->high};
    json["alike_fmr_in_words"] = alike_odds_in_words(calibration, alike->value);
    json["alike_grouped_by"] = calibration.alike->grouped_by;
  }
  if (const auto& fnmr = verdict.fnmr_at_distance) {
    json["fnmr_at_distance"] = fnmr->value;
    json["fnmr_at_distance_ci95"] = {fnmr->low, fnmr->high};
  }
  json["reference"] = to_json(comparison.reference);
  json["probe"] = to_json(comparison.probe);
  std::cout << json_text(json) << '\n';
}

void print_comparison(const Comparison& comparison, const CalibrationTable& calibration) {
  const Verdict& verdict = comparison.verdict;
  std::cout << fmt::format("{} (distance {:.4f}, {})\n", headline(comparison.decision),
                           verdict.distance, place_of(verdict.distance, comparison.bounds));
  if (verdict.fmr_at_distance) {
    const std::string odds = odds_in_words(calibration, verdict.fmr_at_distance->value);
    std::cout << static_cast<char>(std::toupper(static_cast<unsigned char>(odds[0])))
              << odds.substr(1) << " pairs of different people look this alike";
    if (const auto& alike = verdict.alike_fmr_at_distance) {
      std::cout << "; among people of the same " << printable(calibration.alike->grouped_by) << ", "
                << alike_odds_in_words(calibration, alike->value);
    }
    std::cout << '\n';
  }
  const double least_confidence = comparison.bounds.least_confidence;
  print_doubts(comparison.reference, least_confidence);
  print_doubts(comparison.probe, least_confidence);
}

void save_crops(const Comparison& comparison, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    throw Error(ErrorCode::kIo, folder.string() + ": cannot be made: " + failed.message());
  }
  const auto save = [&](const Compared& compared, const char* name) {
    const FaceTemplate* made = template_of_photo(compared);
    if (made != nullptr) write_png(made->crop, folder / name);
  };
  save(comparison.reference, kReferenceCrop);
  save(comparison.probe, kProbeCrop);
}

void check_crops(const std::filesystem::path& folder, const std::string& reference,
                 const std::string& probe) {
  if (folder.empty()) return;
  check_output_folder("--save-crops", folder);
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed)) return;
  for (const char* name : {kReferenceCrop, kProbeCrop}) {
    check_output_file("--save-crops", folder / name, OutputKind::kPng, {reference, probe});
  }
}

}  // namespace visavis
