#include "native/training/run/run_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/model/embedder.h"
#include "native/system/counted.h"
#include "native/system/thread_pool.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/batch_fit.h"
#include "native/training/run/checkpoint.h"
#include "native/training/run/learner.h"
#include "native/training/run/learner_start.h"
#include "native/training/run/memory_need.h"
#include "native/training/run/model_keeper.h"
#include "native/training/run/photo_list.h"
#include "native/training/run/run_notes.h"
#include "native/training/run/run_setup.h"
#include "native/training/run/trained_network.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

std::vector<std::size_t> photos_per_identity(const TrainingData& data) {
  std::vector<std::size_t> counts(data.identities.size());
  for (const TrainingPhoto& photo : data.photos) {
    if (photo.identity != kUnlabelled) ++counts[static_cast<std::size_t>(photo.identity)];
  }
  return counts;
}

std::string labelled_locations(const TrainingData& data) {
  std::string words;
  for (const DataSource& source : data.sources) {
    if (source.is_labelled) words += (words.empty() ? "" : " and ") + source.location;
  }
  return words;
}

/// Where nobody can be told apart by folders: photos that lie in the very folder that was named.
void refuse_flat_folders(const TrainingData& data) {
  for (std::size_t s = 0; s < data.sources.size(); ++s) {
    if (!data.sources[s].is_labelled || data.datasets[s].has_folders()) continue;
    const std::string& location = data.sources[s].location;
    if (data.datasets[s].is_single_file()) {
      refuse("train",
             location + " is one photo; name a folder that holds a folder for each person");
    }
    refuse(
        "train",
        fmt::format(
            "the photos lie directly in {0}; put those of each person into a folder of their own "
            "({0}/ADA, {0}/BO, ..), or, if all are of one person, name the folder above",
            location));
  }
}

/// Labelled data must show two people, and pairs two photos of one of them.
void check_people(const std::string& loss, const TrainingData& data) {
  const LossNeeds needs = loss_needs(loss);
  const bool is_labelled = std::any_of(data.sources.begin(), data.sources.end(),
                                       [](const DataSource& source) { return source.is_labelled; });
  if (!is_labelled) return;
  const std::vector<std::size_t> counts = photos_per_identity(data);
  const bool has_pairs =
      std::any_of(counts.begin(), counts.end(), [](std::size_t count) { return count >= 2; });
  if (counts.size() < 2 || !has_pairs) refuse_flat_folders(data);
  if (counts.size() < 2) {
    refuse("train",
           fmt::format("{} holds photos of {}; to tell people apart takes 2 or more: a folder for "
                       "each, side by side",
                       labelled_locations(data), counted_people(counts.size())));
  }
  if (has_pairs || !(needs.people_photos || needs.episodes)) return;
  refuse("train",
         fmt::format("everybody in {} has one photo only, and loss '{}' compares photos of one "
                     "person; add photos, or learn with another --loss: {} take single photos",
                     labelled_locations(data), loss, losses_of_single_photos()));
}

/// A teacher that is shown the student's crops must have been taught on faces in the same place.
void check_teacher_frame(const TrainOptions& options, const TrainedNetwork& network,
                         const Model& teacher) {
  if (!options.data.aligns_faces || options.loss.teacher_view == TeacherView::kPhoto) return;
  if (is_plain(crop_for(teacher, network.template112))) return;
  throw Error(ErrorCode::kModelMismatch,
              "it was taught on faces in another place of the crop than the student's; give "
              "--teacher-sees photo, which aligns each photo as the teacher has it");
}

/// What of network, loss, optimiser and teacher depends on no photo: all are made as the run makes
/// them.
void check_learner(const TrainOptions& options, const TrainedNetwork& network,
                   const IdentitySplit& split) {
  const std::vector<Model> teachers = read_teachers(options.loss.teachers);
  for (std::size_t i = 0; i < teachers.size(); ++i) {
    try {
      const Embedder embedder(teachers[i]);
      check_teacher_frame(options, network, teachers[i]);
    } catch (const Error& error) {
      throw Error(error.code(),
                  "--teacher " + options.loss.teachers[i].string() + ": " + error.what());
    }
  }
  ThreadPool pool(1);
  Learner learner(network.spec, options.loss.name, options.optimization, options.run.seed,
                  split.training_identities, teacher_dimensions(teachers), pool);
  check_metric(options.run.metric_length, options.loss.name, learner.loss().head(), split);
}

/// The list of a run's photos.
fs::path photo_list_of(const fs::path& run) { return run / "photos.txt"; }

void check_same_photos(const TrainOptions& options, const TrainingData& data,
                       const ContentOf& content_of) {
  const std::string changes = photo_changes(data, content_of, photo_list_of(options.run.folder));
  if (changes.empty()) return;
  throw Error(ErrorCode::kModelMismatch,
              fmt::format("{}: since this run was started {}; a resumed run needs the same photos: "
                          "put them back, or start a new run with --init {} --out ANOTHER",
                          options.run.folder.string(), changes,
                          checkpoint_of(options.run.folder).string()));
}

void check_resumed(const TrainOptions& options, const TrainingData& data, std::size_t ranks) {
  const fs::path file = checkpoint_of(options.run.folder);
  const Checkpoint checkpoint = load_checkpoint(file);
  // What the photos decide is compared when they are: first by name.
  std::set<std::string> decided_by_photos{"data fingerprint", "batch"};
  check_same_settings(checkpoint,
                      settings_of(options, ranks, ThreadPool(options.run.threads).threads(), ""),
                      file.string(), decided_by_photos);
  check_same_photos(options, data, [](std::size_t) { return std::string(); });
}

}  // namespace

void check_run(const TrainOptions& options, const TrainingData& data, Communicator& ranks) {
  // Machines need not share a disk: rank 0 alone has the run's files.
  if (options.run.resumes && ranks.rank() == 0) check_resumed(options, data, ranks.ranks());
  check_people(options.loss.name, data);
  // As if every photo could be used: what does not fit then will not fit later.
  const IdentitySplit split = split_by_identity(
      data, [](std::size_t) { return true; }, options.data.held_out, options.run.seed);
  TrainOptions fitted = options;
  fit_batch(fitted.loss, data, split, ranks.ranks());
  make_sampler(fitted.loss, fitted.run.seed, data, split);
  check_validation_episodes(fitted.loss, data, split);
  const TrainedNetwork network = trained_network(options.network);
  check_learner(fitted, network, split);
  check_memory(network.spec, fitted.loss, split.training_identities, ranks.ranks());
  if (ranks.rank() == 0) check_start(options.network, network.spec);
}

TrainOptions fit_to_data(const PreparedData& data, const TrainOptions& options, Communicator& ranks,
                         ProgressSink& progress) {
  TrainOptions fitted = options;
  const std::string change = fit_batch(fitted.loss, data.data, data.split, ranks.ranks());
  if (ranks.rank() != 0) return fitted;
  if (!change.empty()) say_notes(progress, {change});
  say_notes(progress, notes_on_split(options.data,
                                     options.network.init.empty() && options.loss.teachers.empty(),
                                     data.data, data.split));
  const auto content_of = [&data](std::size_t photo) { return data.cache.content_hash(photo); };
  if (options.run.resumes) {
    check_same_photos(options, data.data, content_of);
  } else {
    write_photo_list(data.data, content_of, photo_list_of(options.run.folder));
  }
  return fitted;
}

}  // namespace visavis
