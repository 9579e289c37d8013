#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/model/model_file.h"
#include "native/data/training_data.h"
#include "native/training/data/batch_sampler.h"
#include "native/training/data/identity_split.h"
#include "native/training/optimization/optimizer.h"
#include "native/training/run/trained_network.h"

namespace visavis {

/// What a teacher is shown.
enum class TeacherView {
  kCrop,   ///< Each crop of the student's, without what is laid over it.
  kPhoto,  ///< Each photo once, not augmented: TeacherLabels.
};

/// Which sizes of a batch are defaults, and so may be made smaller where there are few data.
struct AdaptingBatch {
  bool people = false;
  bool photos = false;
  bool batch = false;
  bool way = false;
  bool queries = false;
};

/// What to learn from.
struct DataPlan {
  std::vector<DataSource> sources;
  bool aligns_faces = true;           ///< false: images are taken as they are (characters).
  std::string models;                 ///< Folder of the detectors and landmarks that align faces.
  std::filesystem::path cache;        ///< Of prepared images; shared by all runs.
  std::vector<std::string> left_out;  ///< People, classes or folders of them: identities_named.
  HeldOut held_out;                   ///< Who validates.
  std::string augmentation = "face";
};

/// The loss, and what a batch holds for it.
struct LossPlan {
  std::string name = "triplet";
  std::size_t people = 16;  ///< Per batch, with `photos` of each; losses of pairs and trios.
  std::size_t photos = 4;
  std::size_t batch = 64;  ///< Losses that take any photos.
  EpisodePlan episode;     ///< Episodic losses.
  AdaptingBatch adapts;
  /// Model files; the loss must have a distillation term. Of several, the unit embeddings stand
  /// side by side: the distance is the root mean square of theirs.
  std::vector<std::filesystem::path> teachers;
  TeacherView teacher_view = TeacherView::kCrop;
};

/// How weights change, and for how long.
struct OptimizationPlan {
  double epochs = 20;
  std::uint64_t steps = 0;  ///< Above 0: instead of epochs.
  OptimizerOptions optimizer;
  double learning_rate = 0;  ///< 0: 0.1 for SGD, 0.002 for AdamW.
  double warmup_epochs = 1;
  double gradient_clip = 5;
  double average = 0.999;  ///< Decay of the averaged weights; 0: none.
};

/// How the run goes, and what comes of it.
struct RunPlan {
  std::uint64_t seed = 1;
  int threads = 0;         ///< Slices of a batch: the model depends on them. 0: one per processor.
  int loader_threads = 1;  ///< That augment, besides.
  std::filesystem::path out;      ///< The model file.
  std::filesystem::path folder;   ///< Of checkpoint, logs and report.
  std::size_t metric_length = 0;  ///< Of embeddings in a learned metric; 0: no metric is learned.
  WeightStorage storage = WeightStorage::kFloat32;
  bool resumes = false;
  bool overwrites = false;  ///< Starts afresh in a folder that holds another run.
  double checkpoint_minutes = 10;
  double validate_epochs = 1;  ///< Epochs from one validation to the next.
  std::string command;         ///< As typed, for the training record.
};

/// All options of `visavis train`. The command and the trainer know it whole; each class is given
/// its part.
struct TrainOptions {
  DataPlan data;
  NetworkPlan network;
  LossPlan loss;
  OptimizationPlan optimization;
  RunPlan run;
};

/// What decides the result, as name and value in words: kept in checkpoints (a run is resumed with
/// the very same) and in the model's training record. `fingerprint` is the data's.
std::vector<std::pair<std::string, std::string>> settings_of(const TrainOptions& options,
                                                             std::size_t ranks, int threads,
                                                             const std::string& fingerprint);

/// "16 people x 4 photos"
std::string batch_in_words(const LossPlan& loss);

/// Rows of a global batch.
std::size_t batch_rows(const LossPlan& loss);

/// Throws kInvalidArgument, in one line, for options that contradict each other or the loss, before
/// any photo is read.
void check_train_options(const TrainOptions& options, std::size_t ranks);

}  // namespace visavis
