#include "native/training/run/model_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "core/base/error.h"
#include "native/preparation/augmentation.h"
#include "native/system/counted.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/export_model.h"

namespace visavis {
namespace {

constexpr const char* kBest = "best/";
constexpr std::size_t kEpisodes = 600;
/// In full context an episode costs some hundred times as much.
constexpr std::size_t kEpisodesInContext = 200;
/// Of training photos that are embedded for the metric: some seconds' work.
constexpr std::size_t kPhotosAtATime = 1024;

ValidationPhotos photos_of(const TrainingData& data, const IdentitySplit& split) {
  ValidationPhotos photos;
  photos.photo = split.validation;
  for (const std::uint32_t photo : photos.photo) {
    photos.identity.push_back(data.photos[photo].identity);
  }
  return photos;
}

EpisodicPlan episodes_of(const EpisodePlan& plan, std::uint64_t seed, const TrainingData& data,
                         FewShotHeadKind head) {
  EpisodicPlan episodes{
      plan.way,     plan.shot,
      plan.queries, head == FewShotHeadKind::kFullContext ? kEpisodesInContext : kEpisodes,
      seed,         {}};
  if (!plan.is_within_parent) return episodes;
  std::map<std::string, std::int32_t> numbers;
  for (std::size_t i = 0; i < data.identities.size(); ++i) {
    const auto next = static_cast<std::int32_t>(numbers.size());
    episodes.group_of_identity.push_back(numbers.emplace(data.parent(i), next).first->second);
  }
  return episodes;
}

std::string value_of(const std::vector<std::pair<std::string, std::string>>& pairs,
                     const std::string& name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return {};
}

std::string rates_in_words(const ValidationResult& result) {
  return fmt::format("EER {:.4f}, FNMR {:.4f} at FMR 1e-2 and {:.4f} at 1e-3", result.eer,
                     result.at_1e2.fnmr.value, result.at_1e3.fnmr.value);
}

}  // namespace

void check_metric(std::size_t metric_length, const std::string& loss, const FewShotHead& head,
                  const IdentitySplit& split) {
  if (metric_length == 0) return;
  if (head.kind != FewShotHeadKind::kNone) {
    throw Error(ErrorCode::kInvalidArgument,
                "train: --metric is of no use to loss '" + loss +
                    "', which compares by a layer of its own; leave one of them out");
  }
  if (split.training_identities_with_one_photo == split.training_identities) {
    throw Error(ErrorCode::kInvalidArgument,
                "train: --metric is learned from how photos of one person differ, and nobody has "
                "two; leave it out");
  }
}

void check_validation_episodes(const LossPlan& loss, const TrainingData& data,
                               const IdentitySplit& split) {
  if (!loss_needs(loss.name).episodes || split.validation.empty()) return;
  check_episodes(episodes_of(loss.episode, 0, data, FewShotHeadKind::kNone),
                 photos_of(data, split).identity);
}

ModelKeeper::ModelKeeper(const NetworkPlan& network, const LossPlan& loss, const RunPlan& run,
                         const PreparedData& data, FewShotHead head, int threads)
    : input_(network.architecture_options),
      loss_(loss),
      run_(run),
      data_(data),
      head_(std::move(head)),
      threads_(threads),
      is_episodic_(loss_needs(loss.name).episodes),
      photos_(photos_of(data.data, data.split)) {
  check_metric(run.metric_length, loss.name, head_, data.split);
}

Model ModelKeeper::export_parameters(const NetworkSpec& spec, const Parameters& parameters,
                                     Record record) const {
  const AlignmentTemplate alignment =
      data_.network.template112.points.empty()
          ? AlignmentTemplate{}
          : scaled_template(data_.network.template112, input_.width, input_.height);
  Model model =
      export_model(run_.out.stem().string(), spec, parameters, alignment, std::move(record), head_);
  model.preprocessing = data_.network.preprocessing;
  return model;
}

FineImage ModelKeeper::crop_of(std::uint32_t photo) const {
  return plain_crop(data_.cache.read(photo), input_.width, input_.height);
}

ValidationResult ModelKeeper::validate(const Model& model) const {
  return validate_verification(
      model, photos_, [this](std::uint32_t photo) { return crop_of(photo); }, threads_, run_.seed);
}

LabelledEmbeddings ModelKeeper::embed_training_photos(const Model& model, ProgressSink& progress,
                                                      const std::stop_token& stop) const {
  LabelledEmbeddings labelled;
  std::vector<std::uint32_t> photos;
  for (const std::uint32_t photo : data_.split.training) {
    const TrainingPhoto& of = data_.data.photos[photo];
    if (of.identity == kUnlabelled) continue;
    photos.push_back(photo);
    labelled.identity.push_back(of.identity);
    labelled.source.push_back(of.source);
  }
  // In parts, so that it can be interrupted.
  const auto task = progress.begin("learning the metric", photos.size(), "photos");
  for (std::size_t first = 0; first < photos.size() && !stop.stop_requested();
       first += kPhotosAtATime) {
    const std::span<const std::uint32_t> part =
        std::span(photos).subspan(first, std::min(kPhotosAtATime, photos.size() - first));
    std::vector<Embedding> embedded = embed_crops(
        model, part, [this](std::uint32_t photo) { return crop_of(photo); }, threads_);
    std::move(embedded.begin(), embedded.end(), std::back_inserter(labelled.embeddings));
    task->advance(part.size());
  }
  return labelled;
}

void ModelKeeper::see(const NetworkSpec& spec, const Parameters& parameters, LogRow& row) {
  if (!has_validation()) {
    best_ = parameters;
    best_in_words_ = "the newest weights: nobody was held out";
    return;
  }
  const Model model = export_parameters(spec, parameters, {});
  const ValidationResult result = validate(model);
  spread_ = result.spread;
  row.figures["validation/eer"] = result.eer;
  row.figures["validation/fnmr at fmr 1e-2"] = result.at_1e2.fnmr.value;
  row.figures["validation/fnmr at fmr 1e-3"] = result.at_1e3.fnmr.value;
  row.figures["validation/spread"] = result.spread;
  row.figures["validation/positive distance"] = result.positive_distance;
  row.figures["validation/negative distance"] = result.negative_distance;
  double cost = result.eer;
  std::string words = rates_in_words(result);
  if (is_episodic_) {
    const EpisodicResult episodes = validate_episodes(
        result, episodes_of(loss_.episode, run_.seed, data_.data, head_.kind), model.few_shot);
    row.figures["validation/episode accuracy"] = episodes.accuracy;
    row.figures["validation/episode ci95"] = episodes.ci95;
    cost = 1 - episodes.accuracy;
    words =
        fmt::format("{}-way {}-shot accuracy {:.4f} +- {:.4f} over {} episodes; {}", episodes.way,
                    episodes.shot, episodes.accuracy, episodes.ci95, episodes.episodes, words);
  }
  if (!best_.empty() && cost >= best_cost_) return;
  best_ = parameters;
  best_cost_ = cost;
  best_in_words_ = fmt::format("{} (epoch {:.4g}, step {})", words, row.epoch, row.step);
}

std::optional<Model> ModelKeeper::finish(const NetworkSpec& spec, Record record,
                                         ValidationResult& result, ProgressSink& progress,
                                         const std::stop_token& stop) const {
  record.emplace_back("people held out", std::to_string(data_.split.validation_identities));
  record.emplace_back("best on people held out", best_in_words_);
  Model model = export_parameters(spec, best_, std::move(record));
  if (run_.metric_length > 0) {
    const LabelledEmbeddings labelled = embed_training_photos(model, progress, stop);
    if (stop.stop_requested()) return std::nullopt;
    append_metric(model, learn_kissme(labelled, run_.metric_length - 1));
  }
  if (!has_validation()) return model;
  result = validate(model);
  if (run_.metric_length > 0) {
    const std::string rates = rates_in_words(result);
    model.record.emplace_back("in the metric", rates);
    progress.say("in the metric: people held out: " + rates);
  }
  model.calibration =
      calibrate_on(result, fmt::format("{} held out from training, {}",
                                       counted_people(data_.split.validation_identities),
                                       counted_photos(photos_.photo.size())));
  return model;
}

void ModelKeeper::save_to(Checkpoint& checkpoint) const {
  for (const auto& [name, tensor] : best_) {
    Array<float> array(tensor.shape());
    std::copy_n(tensor.data(), tensor.size(), array.data());
    checkpoint.arrays[kBest + name] = std::move(array);
  }
  checkpoint.progress.emplace_back("best cost", fmt::format("{:a}", best_cost_));
  checkpoint.progress.emplace_back("best", best_in_words_);
}

void ModelKeeper::restore_from(const Checkpoint& checkpoint) {
  const std::string prefix = kBest;
  best_.clear();
  for (const auto& [name, array] : checkpoint.arrays) {
    if (name.compare(0, prefix.size(), prefix) != 0) continue;
    Tensor tensor(array.shape());
    std::copy_n(array.data(), array.size(), tensor.data());
    best_.emplace(name.substr(prefix.size()), std::move(tensor));
  }
  if (best_.empty()) return;
  best_cost_ = std::strtod(value_of(checkpoint.progress, "best cost").c_str(), nullptr);
  best_in_words_ = value_of(checkpoint.progress, "best");
}

}  // namespace visavis
