#include "native/training/run/train_options.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "native/preparation/augmentation.h"
#include "native/system/counted.h"
#include "native/training/losses/episode.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/export_model.h"

namespace visavis {
namespace {

std::string optimizer_in_words(const TrainOptions& options) {
  const OptimizerOptions& o = options.optimizer;
  const std::string kind = o.kind == OptimizerKind::kSgd
                               ? fmt::format("SGD, Nesterov momentum {}", o.momentum)
                               : fmt::format("AdamW, betas {} and {}", o.beta1, o.beta2);
  return fmt::format("{}, weight decay {}, clip {}, averaged weights {}", kind, o.weight_decay,
                     options.gradient_clip, options.average);
}

std::string teacher_in_words(const TrainOptions& options) {
  if (options.teacher.empty()) return "none";
  return options.teacher.filename().string() +
         (options.teacher_view == TeacherView::kPhoto ? ", of each photo once" : "");
}

std::string names_in_words(const std::vector<std::string>& names) {
  std::string words;
  for (const std::string& name : names) words += (words.empty() ? "" : ", ") + name;
  return words;
}

std::string sources_in_words(const TrainOptions& options) {
  std::string words;
  for (const DataSource& source : options.sources) {
    const std::string name = std::filesystem::path(source.location).filename().string();
    words += fmt::format("{}{}{} x{}", words.empty() ? "" : ", ", name,
                         source.is_labelled ? "" : " (unlabelled)", source.weight);
  }
  return words;
}

void check_network(const TrainOptions& options) {
  const std::size_t length =
      output_length(make_architecture(options.architecture, options.architecture_options));
  training_preprocessing(options.architecture_options.channels);
  if (options.metric_length == 0) return;
  if (options.metric_length == 1 || options.metric_length > length + 1) {
    refuse("train",
           fmt::format("--metric {}: embeddings of length {} in a metric have 2 to {} numbers",
                       options.metric_length, length, length + 1));
  }
}

}  // namespace

std::string batch_in_words(const TrainOptions& options) {
  const LossNeeds needs = loss_needs(options.loss);
  if (needs.episodes) {
    return fmt::format("{} way, {} shot, {} queries{}{}", options.episode.way, options.episode.shot,
                       options.episode.queries,
                       options.episode.has_rotated_classes ? ", rotated classes" : "",
                       options.episode.is_within_parent ? ", within a folder of classes" : "");
  }
  return needs.people_photos ? fmt::format("{} people x {} photos", options.people, options.photos)
                             : counted_photos(options.batch);
}

std::size_t batch_rows(const TrainOptions& options) {
  const LossNeeds needs = loss_needs(options.loss);
  if (needs.episodes) {
    return options.episode.way * (options.episode.shot + options.episode.queries);
  }
  return needs.people_photos ? options.people * options.photos : options.batch;
}

std::vector<std::pair<std::string, std::string>> settings_of(const TrainOptions& options,
                                                             std::size_t ranks, int threads,
                                                             const std::string& fingerprint) {
  const ArchitectureOptions& a = options.architecture_options;
  std::vector<std::pair<std::string, std::string>> settings = {
      {"architecture", options.architecture},
      {"input", fmt::format("{}x{}x{}", a.height, a.width, a.channels)},
      {"embedding length", std::to_string(a.embedding_length)},
      {"width factor", fmt::format("{}", a.width_factor)},
      {"dropout", fmt::format("{}", a.dropout)},
      {"loss", options.loss},
      {"batch", batch_in_words(options)},
      {"augmentation", options.augmentation},
      {"optimiser", optimizer_in_words(options)},
      {"learning rate", fmt::format("{} (0: the optimiser's own), {} epochs of warm-up, cosine",
                                    options.learning_rate, options.warmup_epochs)},
      {"length", options.steps > 0 ? counted(options.steps, "step", "steps")
                                   : fmt::format("{} epochs", options.epochs)},
      {"seed", std::to_string(options.seed)},
      {"held out", options.held_out.names.empty()
                       ? fmt::format("{} of the people", options.held_out.share)
                       : names_in_words(options.held_out.names)},
      {"validated every", fmt::format("{} epochs", options.validate_epochs)},
      {"faces aligned", options.aligns_faces ? "yes" : "no"},
      {"sources", sources_in_words(options)},
      {"data fingerprint", fingerprint},
      {"started from", options.init.empty() ? "random weights" : options.init.filename().string()},
      {"teacher", teacher_in_words(options)},
      {"ranks", std::to_string(ranks)},
      {"threads", std::to_string(threads)},
  };
  // Only where they are used: runs from before these options were there are still resumed.
  if (a.expansion != 1) settings.emplace_back("expansion", fmt::format("{}", a.expansion));
  if (options.metric_length > 0) {
    settings.emplace_back("metric", fmt::format("KISSME, {} numbers", options.metric_length));
  }
  if (!options.left_out.empty()) {
    settings.emplace_back("left out", names_in_words(options.left_out));
  }
  return settings;
}

void check_train_options(const TrainOptions& options, std::size_t ranks) {
  const LossNeeds needs = loss_needs(options.loss);
  parse_augmentation(options.augmentation);
  check_network(options);
  if (options.sources.empty()) refuse("train", "no data; give --data FOLDER or TAR");
  if (needs.teacher && options.teacher.empty()) {
    refuse("train",
           "the loss has a distillation term; name the model to learn from: --teacher MODEL");
  }
  if (!needs.teacher && !options.teacher.empty()) {
    refuse("train",
           "--teacher is of use only with a distillation term: --loss distill or ..+distill");
  }
  if (options.teacher.empty() && options.teacher_view == TeacherView::kPhoto) {
    refuse(
        "train",
        "--teacher-sees says what a teacher is shown; name it: --teacher MODEL, or leave it out");
  }
  bool has_labels = false;
  for (const DataSource& source : options.sources) has_labels |= source.is_labelled;
  if (needs.labels() && !has_labels) {
    refuse("train",
           "the loss needs labelled photos; give --data FOLDER or TAR with a folder per person");
  }
  if (options.episode.is_within_parent && !needs.episodes) {
    refuse("train",
           "--within-source is of use only to losses of episodes: prototypical or matching");
  }
  if (needs.episodes) {
    check_episode_plan(options.episode.way, options.episode.shot, options.episode.queries);
  } else if (needs.people_photos) {
    check_people_by_photos(needs, options.people, options.photos);
  }
  if (batch_rows(options) % ranks != 0) {
    refuse("train",
           fmt::format("a batch of {} rows does not part evenly among {} ranks; change the batch",
                       batch_rows(options), ranks));
  }
}

}  // namespace visavis
