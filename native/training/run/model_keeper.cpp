#include "native/training/run/model_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "native/training/augmentation/augmentation.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/export_model.h"

namespace visavis {
namespace {

constexpr const char* kBest = "best/";
constexpr std::size_t kEpisodes = 600;
/// In full context an episode costs some hundred times as much.
constexpr std::size_t kEpisodesInContext = 200;

ValidationPhotos photos_of(const PreparedData& data) {
  ValidationPhotos photos;
  photos.photo = data.split.validation;
  for (const std::uint32_t photo : photos.photo) {
    photos.identity.push_back(data.data.photos[photo].identity);
  }
  return photos;
}

EpisodicPlan episodes_of(const TrainOptions& options, const PreparedData& data,
                         FewShotHeadKind head) {
  const EpisodePlan& plan = options.episode;
  EpisodicPlan episodes{
      plan.way,     plan.shot,
      plan.queries, head == FewShotHeadKind::kFullContext ? kEpisodesInContext : kEpisodes,
      options.seed, {}};
  if (!plan.is_within_parent) return episodes;
  std::map<std::string, std::int32_t> numbers;
  for (std::size_t i = 0; i < data.data.identities.size(); ++i) {
    const auto next = static_cast<std::int32_t>(numbers.size());
    episodes.group_of_identity.push_back(numbers.emplace(data.data.parent(i), next).first->second);
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

}  // namespace

ModelKeeper::ModelKeeper(const TrainOptions& options, const PreparedData& data, FewShotHead head,
                         int threads)
    : options_(options),
      data_(data),
      head_(std::move(head)),
      threads_(threads),
      is_episodic_(loss_needs(options.loss).episodes),
      photos_(photos_of(data)) {}

Model ModelKeeper::export_parameters(const NetworkSpec& spec, const Parameters& parameters,
                                     Record record) const {
  const ArchitectureOptions& a = options_.architecture_options;
  const AlignmentTemplate alignment = options_.aligns_faces
                                          ? scaled_template(data_.template112, a.width, a.height)
                                          : AlignmentTemplate{};
  return export_model(options_.out.stem().string(), spec, parameters, alignment, std::move(record),
                      head_);
}

ValidationResult ModelKeeper::validate(const Model& model) const {
  const ArchitectureOptions& a = options_.architecture_options;
  const auto crop_of = [&](std::uint32_t photo) {
    return plain_crop(data_.cache.read(photo), a.width, a.height);
  };
  return validate_verification(model, photos_, crop_of, threads_, options_.seed);
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
  std::string words = fmt::format("EER {:.4f}, FNMR {:.4f} at FMR 1e-2 and {:.4f} at 1e-3",
                                  result.eer, result.at_1e2.fnmr.value, result.at_1e3.fnmr.value);
  if (is_episodic_) {
    const EpisodicResult episodes =
        validate_episodes(result, episodes_of(options_, data_, head_.kind), model.few_shot);
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

Model ModelKeeper::finish(const NetworkSpec& spec, Record record, ValidationResult& result) const {
  record.emplace_back("people held out", std::to_string(data_.split.validation_identities));
  record.emplace_back("best on people held out", best_in_words_);
  Model model = export_parameters(spec, best_, std::move(record));
  if (!has_validation()) return model;
  result = validate(model);
  model.calibration =
      calibrate_on(result, fmt::format("{} people held out from training, {} photos",
                                       data_.split.validation_identities, photos_.photo.size()));
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
