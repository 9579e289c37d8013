#include "native/training/run/train_options.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "native/preparation/augmentation.h"
#include "native/system/counted.h"
#include "native/training/losses/episode.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/trained_network.h"

namespace visavis {
namespace {

std::string optimizer_in_words(const OptimizationPlan& plan) {
  const OptimizerOptions& o = plan.optimizer;
  const std::string kind = o.kind == OptimizerKind::kSgd
                               ? fmt::format("SGD, Nesterov momentum {}", o.momentum)
                               : fmt::format("AdamW, betas {} and {}", o.beta1, o.beta2);
  return fmt::format("{}, weight decay {}, clip {}, averaged weights {}", kind, o.weight_decay,
                     plan.gradient_clip, plan.average);
}

std::string teacher_in_words(const LossPlan& loss) {
  if (loss.teachers.empty()) return "none";
  std::string names;
  for (const std::filesystem::path& teacher : loss.teachers) {
    names += (names.empty() ? "" : " and ") + teacher.filename().string();
  }
  return names + (loss.teacher_view == TeacherView::kPhoto ? ", of each photo once" : "");
}

std::string names_in_words(const std::vector<std::string>& names) {
  std::string words;
  for (const std::string& name : names) words += (words.empty() ? "" : ", ") + name;
  return words;
}

std::string sources_in_words(const DataPlan& data) {
  std::string words;
  for (const DataSource& source : data.sources) {
    const std::string name = std::filesystem::path(source.location).filename().string();
    words += fmt::format("{}{}{} x{}", words.empty() ? "" : ", ", name,
                         source.is_labelled ? "" : " (unlabelled)", source.weight);
  }
  return words;
}

void check_network(const TrainOptions& options) {
  const std::size_t length = output_length(trained_network(options.network).spec);
  if (options.run.metric_length == 0) return;
  if (options.run.metric_length == 1 || options.run.metric_length > length + 1) {
    refuse("train",
           fmt::format("--metric {}: embeddings of length {} in a metric have 2 to {} numbers",
                       options.run.metric_length, length, length + 1));
  }
}

}  // namespace

std::string batch_in_words(const LossPlan& loss) {
  const LossNeeds needs = loss_needs(loss.name);
  if (needs.episodes) {
    return fmt::format("{} way, {} shot, {} queries{}{}", loss.episode.way, loss.episode.shot,
                       loss.episode.queries,
                       loss.episode.has_rotated_classes ? ", rotated classes" : "",
                       loss.episode.is_within_parent ? ", within a folder of classes" : "");
  }
  return needs.people_photos ? fmt::format("{} people x {} photos", loss.people, loss.photos)
                             : counted_photos(loss.batch);
}

std::size_t batch_rows(const LossPlan& loss) {
  const LossNeeds needs = loss_needs(loss.name);
  if (needs.episodes) {
    return loss.episode.way * (loss.episode.shot + loss.episode.queries);
  }
  return needs.people_photos ? loss.people * loss.photos : loss.batch;
}

std::vector<std::pair<std::string, std::string>> settings_of(const TrainOptions& options,
                                                             std::size_t ranks, int threads,
                                                             const std::string& fingerprint) {
  const ArchitectureOptions& a = options.network.architecture_options;
  std::vector<std::pair<std::string, std::string>> settings = {
      {"architecture", options.network.architecture},
      {"input", fmt::format("{}x{}x{}", a.height, a.width, a.channels)},
      {"embedding length", std::to_string(a.embedding_length)},
      {"width factor", fmt::format("{}", a.width_factor)},
      {"dropout", fmt::format("{}", a.dropout)},
      {"loss", options.loss.name},
      {"batch", batch_in_words(options.loss)},
      {"augmentation", options.data.augmentation},
      {"optimiser", optimizer_in_words(options.optimization)},
      {"learning rate",
       fmt::format("{} (0: the optimiser's own), {} epochs of warm-up, cosine",
                   options.optimization.learning_rate, options.optimization.warmup_epochs)},
      {"length", options.optimization.steps > 0
                     ? counted(options.optimization.steps, "step", "steps")
                     : fmt::format("{} epochs", options.optimization.epochs)},
      {"seed", std::to_string(options.run.seed)},
      {"held out", options.data.held_out.names.empty()
                       ? fmt::format("{} of the people", options.data.held_out.share)
                       : names_in_words(options.data.held_out.names)},
      {"validated every", fmt::format("{} epochs", options.run.validate_epochs)},
      {"faces aligned", options.data.aligns_faces ? "yes" : "no"},
      {"sources", sources_in_words(options.data)},
      {"data fingerprint", fingerprint},
      {"started from",
       options.network.init.empty() ? "random weights" : options.network.init.filename().string()},
      {"teacher", teacher_in_words(options.loss)},
      {"ranks", std::to_string(ranks)},
      {"threads", std::to_string(threads)},
  };
  // Only where they are used: runs from before these options were there are still resumed.
  if (a.expansion != 1) settings.emplace_back("expansion", fmt::format("{}", a.expansion));
  if (options.run.metric_length > 0) {
    settings.emplace_back("metric", fmt::format("KISSME, {} numbers", options.run.metric_length));
  }
  if (!options.data.left_out.empty()) {
    settings.emplace_back("left out", names_in_words(options.data.left_out));
  }
  return settings;
}

void check_train_options(const TrainOptions& options, std::size_t ranks) {
  const LossNeeds needs = loss_needs(options.loss.name);
  parse_augmentation(options.data.augmentation);
  check_network(options);
  if (options.data.sources.empty()) refuse("train", "no data; give --data FOLDER or TAR");
  if (needs.teacher && options.loss.teachers.empty()) {
    refuse("train",
           "the loss has a distillation term; name the model to learn from: --teacher MODEL");
  }
  if (!needs.teacher && !options.loss.teachers.empty()) {
    refuse("train",
           "--teacher is of use only with a distillation term: --loss distill or ..+distill");
  }
  if (options.loss.teachers.size() > 1 && options.loss.teacher_view == TeacherView::kCrop) {
    refuse("train",
           "several teachers are shown whole photos, each aligned as it was taught: give "
           "--teacher-sees photo");
  }
  if (options.loss.teachers.empty() && options.loss.teacher_view == TeacherView::kPhoto) {
    refuse(
        "train",
        "--teacher-sees says what a teacher is shown; name it: --teacher MODEL, or leave it out");
  }
  bool has_labels = false;
  for (const DataSource& source : options.data.sources) has_labels |= source.is_labelled;
  if (needs.labels() && !has_labels) {
    refuse("train",
           "the loss needs labelled photos; give --data FOLDER or TAR with a folder per person");
  }
  if (options.loss.episode.is_within_parent && !needs.episodes) {
    refuse("train",
           "--within-source is of use only to losses of episodes: prototypical or matching");
  }
  if (needs.episodes) {
    check_episode_plan(options.loss.episode.way, options.loss.episode.shot,
                       options.loss.episode.queries);
  } else if (needs.people_photos) {
    check_people_by_photos(needs, options.loss.people, options.loss.photos);
  }
  if (batch_rows(options.loss) % ranks != 0) {
    refuse("train",
           fmt::format("a batch of {} rows does not part evenly among {} ranks; change the batch",
                       batch_rows(options.loss), ranks));
  }
}

}  // namespace visavis
