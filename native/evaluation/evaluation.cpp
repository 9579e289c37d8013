#include "native/evaluation/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/rates/quantiles.h"

namespace visavis {
namespace {

void count_images(Evaluation& evaluation, const std::vector<EmbeddedPhoto>& embedded) {
  evaluation.images = embedded.size();
  for (const EmbeddedPhoto& photo : embedded) {
    evaluation.images_without_face += photo.has_face() ? 0 : 1;
    evaluation.images_unreadable += photo.unreadable ? 1 : 0;
  }
}

void measure_accuracy(Evaluation& evaluation, const std::vector<LabelledPair>& pairs) {
  std::set<int> folds;
  for (const LabelledPair& pair : pairs) folds.insert(pair.fold);
  evaluation.has_folds = folds.size() > 1;
  evaluation.folds = evaluation.has_folds ? folds.size() : 0;
  if (evaluation.has_folds) {
    const FoldedAccuracy folded = folded_accuracy(pairs);
    evaluation.accuracy = folded.mean;
    evaluation.accuracy_stderr = folded.standard_error;
    return;
  }
  const double p = verification_accuracy(pairs, evaluation.at_threshold.threshold);
  evaluation.accuracy = p;
  evaluation.accuracy_stderr = std::sqrt(p * (1 - p) / static_cast<double>(pairs.size()));
}

nlohmann::ordered_json interval(const Rate& rate) { return {rate.low, rate.high}; }

std::string rate_text(const Rate& rate) {
  return fmt::format("{:.5f}  (95%: {:.5f} to {:.5f})", rate.value, rate.low, rate.high);
}

}  // namespace

Rate accuracy_with_interval(const Evaluation& evaluation) {
  if (!evaluation.has_folds) {
    const std::size_t pairs = evaluation.genuine_pairs + evaluation.impostor_pairs;
    const auto right = std::llround(evaluation.accuracy * static_cast<double>(pairs));
    return rate_with_interval(static_cast<std::size_t>(right), pairs);
  }
  const double reach =
      evaluation.accuracy_stderr * student_t_limit(0.95, static_cast<int>(evaluation.folds) - 1);
  return {evaluation.accuracy, std::max(0.0, evaluation.accuracy - reach),
          std::min(1.0, evaluation.accuracy + reach)};
}

std::vector<LabelledPair> measure_pairs(const Protocol& protocol,
                                        const std::vector<EmbeddedPhoto>& embedded) {
  std::vector<LabelledPair> measured;
  measured.reserve(protocol.pairs.size());
  for (const ProtocolPair& pair : protocol.pairs) {
    const EmbeddedPhoto& a = embedded[pair.a];
    const EmbeddedPhoto& b = embedded[pair.b];
    const bool has_face = a.has_face() && b.has_face();
    const double between = has_face ? distance(a.embedding, b.embedding) : 2;
    measured.push_back({static_cast<float>(between), pair.is_genuine, has_face, pair.fold});
  }
  return measured;
}

Evaluation evaluate_pairs(const std::string& model, const CalibrationTable& calibration,
                          const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded,
                          const std::vector<LabelledPair>& pairs) {
  Evaluation evaluation;
  evaluation.model = model;
  evaluation.protocol = protocol.name;
  evaluation.genuine_pairs = static_cast<std::size_t>(std::count_if(
      pairs.begin(), pairs.end(), [](const LabelledPair& pair) { return pair.is_genuine; }));
  evaluation.impostor_pairs = pairs.size() - evaluation.genuine_pairs;
  count_images(evaluation, embedded);
  evaluation.eer = equal_error_rate(det_curve(pairs));
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    evaluation.at_fmr[i] = operating_point(pairs, kReportedFmrs[i].fmr);
  }
  evaluation.threshold_is_shipped = !calibration.points.empty();
  evaluation.at_threshold =
      rates_at_threshold(pairs, evaluation.threshold_is_shipped ? calibration.threshold
                                                                : most_accurate_threshold(pairs));
  if (calibration.decision) {
    evaluation.decided = decide_pairs(protocol, embedded, calibration.decision->of(kDefaultPolicy));
  }
  measure_accuracy(evaluation, pairs);
  return evaluation;
}

nlohmann::ordered_json to_json(const Evaluation& evaluation) {
  nlohmann::ordered_json json;
  json["model"] = evaluation.model;
  json["protocol"] = evaluation.protocol;
  json["pairs"] = evaluation.genuine_pairs + evaluation.impostor_pairs;
  json["accuracy"] = evaluation.accuracy;
  json["accuracy_stderr"] = evaluation.accuracy_stderr;
  json["eer"] = evaluation.eer;
  nlohmann::ordered_json fnmr, intervals, thresholds;
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    const char* label = kReportedFmrs[i].label;
    fnmr[label] = evaluation.at_fmr[i].fnmr.value;
    intervals[label] = interval(evaluation.at_fmr[i].fnmr);
    thresholds[label] = evaluation.at_fmr[i].threshold;
  }
  json["fnmr_at_fmr"] = fnmr;
  json["threshold"] = evaluation.at_threshold.threshold;
  json["images"] = evaluation.images;
  json["images_without_face"] = evaluation.images_without_face;
  if (evaluation.seconds) json["seconds"] = *evaluation.seconds;
  json["images_unreadable"] = evaluation.images_unreadable;
  json["genuine_pairs"] = evaluation.genuine_pairs;
  json["impostor_pairs"] = evaluation.impostor_pairs;
  json["accuracy_over_folds"] = evaluation.has_folds;
  json["fnmr_at_fmr_ci95"] = intervals;
  json["threshold_at_fmr"] = thresholds;
  json["threshold_is_shipped"] = evaluation.threshold_is_shipped;
  json["fmr_at_threshold"] = evaluation.at_threshold.fmr.value;
  json["fmr_at_threshold_ci95"] = interval(evaluation.at_threshold.fmr);
  json["fnmr_at_threshold"] = evaluation.at_threshold.fnmr.value;
  json["fnmr_at_threshold_ci95"] = interval(evaluation.at_threshold.fnmr);
  if (evaluation.decided) json["decided"] = to_json(*evaluation.decided);
  if (!evaluation.groups.empty()) json["groups"] = to_json(evaluation.groups);
  return json;
}

std::string to_text(const Evaluation& e) {
  std::string text;
  const auto line = [&](const std::string& what, const std::string& value) {
    text += fmt::format("{:<18} {}\n", what, value);
  };
  line("model", e.model);
  line("protocol", e.protocol);
  line("pairs", fmt::format("{} ({} genuine, {} impostor)", e.genuine_pairs + e.impostor_pairs,
                            e.genuine_pairs, e.impostor_pairs));
  line("images", fmt::format("{}, {} of them without a usable face ({} unreadable): counted as "
                             "errors",
                             e.images, e.images_without_face, e.images_unreadable));
  line("accuracy",
       fmt::format("{:.4f} +- {:.4f} ({})", e.accuracy, e.accuracy_stderr,
                   e.has_folds ? "mean over folds, each with the threshold of the others"
                               : "at the threshold below"));
  line("EER", fmt::format("{:.5f}", e.eer));
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    std::string rate =
        rate_text(e.at_fmr[i].fnmr) + fmt::format("  at distance < {:.4f}", e.at_fmr[i].threshold);
    if (!tells_fmr(e, kReportedFmrs[i].fmr)) {
      rate += ", no false match at all (too few impostor pairs to tell)";
    }
    line(fmt::format("FNMR at FMR {}", kReportedFmrs[i].label), rate);
  }
  line("threshold",
       fmt::format("{:.4f} ({})", e.at_threshold.threshold,
                   e.threshold_is_shipped ? "shipped with the model"
                                          : "most accurate on these pairs: the model ships none"));
  line("  FMR there", rate_text(e.at_threshold.fmr));
  line("  FNMR there", rate_text(e.at_threshold.fnmr));
  if (e.decided) {
    line("decided, genuine", to_text(e.decided->genuine));
    line("decided, impostor", to_text(e.decided->impostor));
  }
  if (e.seconds) line("time", fmt::format("{:.1f} s", *e.seconds));
  return e.groups.empty() ? text : text + to_text(e.groups);
}

}  // namespace visavis
