#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "native/commands/commands.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/network_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/weight_options.h"
#include "native/models/model_files.h"
#include "native/preparation/augmentation.h"
#include "native/terminal/interrupt.h"
#include "native/terminal/terminal_progress.h"
#include "native/training/distributed/make_communicator.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/trained_network.h"
#include "native/training/run/trainer.h"

namespace visavis {
namespace {

/// What is told in another form than TrainOptions keeps it.
struct TrainArguments {
  TrainOptions options;
  std::vector<std::string> data;
  std::vector<std::string> unlabelled;
  std::vector<double> shares;
  std::vector<int> size{112};
  bool takes_whole_images = false;
  bool explains = false;
  bool is_dry_run = false;
};

constexpr double kMaxEpochs = 1e6;

constexpr const char* kFootnote =
    "Writes the model to --out and, into --run: checkpoint, log.csv, TensorBoard events, "
    "report.html,\n"
    "problems.txt (what was left out, and why), held-out.txt (who validates, for calibrate "
    "--people)\n"
    "and photos.txt (what the run was started on).\n"
    "Ctrl-C writes a checkpoint; the same command with --resume goes on as if it had never "
    "stopped.\n"
    "Under `mpirun -n N` the batch is shared among N ranks.";

std::string losses_and_augmentations() {
  return "Losses, summed with '+', as in triplet:margin=0.3+distill:weight=2:\n" + loss_help() +
         "\nAugmentation, a preset with changes, as in face:occlude=0.3,blur=0:\n" +
         augmentation_help();
}

void add_data_options(CLI::App& command, TrainArguments& arguments) {
  TrainOptions& options = arguments.options;
  command.add_option("--data", arguments.data,
                     "Folders or archives with a folder per person or class");
  command.add_option("--unlabelled", arguments.unlabelled, "Unlabelled photos for distillation");
  add_number_option(command, "--shares", arguments.shares, {0, 1e6, true},
                    "How much of every batch each of --data, then --unlabelled fills (default: "
                    "equal shares)");
  command.add_flag("--whole-images", arguments.takes_whole_images,
                   "Take images as they are (characters); otherwise faces are found and aligned");
  command.add_option("--leave-out", options.data.left_out,
                     "People, classes, or folders of them (alphabets: Latin), that are left out");
  CLI::Option* share =
      add_number_option(command, "--held-out", options.data.held_out.share, {0, 0.9},
                        "Share of the people that only validate (default 0.1, of few people two)");
  command
      .add_option("--validate-on", options.data.held_out.names,
                  "Instead: people, classes, or folders of them, that only validate")
      ->excludes(share);
  command.add_option("--augment", options.data.augmentation,
                     "How photos are varied (default face)");
  command.add_option("--cache", options.data.cache,
                     "File of the prepared images, shared by all runs (default: images.cache in "
                     "the folder `cache` beside the models')");
  command.add_option("--models", options.data.models,
                     "Folder of the models that find and align faces");
  add_seed_option(command, options.run.seed, "Of everything random (default 1)");
}

void add_network_options(CLI::App& command, TrainArguments& arguments) {
  ArchitectureOptions& architecture = arguments.options.network.architecture_options;
  command.add_option("--arch", arguments.options.network.architecture,
                     "mobilefacenet (default), siamese, conv4, or init: the network of --init's "
                     "model as it is, normalisation folded");
  add_number_option(command, "--size", arguments.size, kSideRange,
                    "Pixels of the input: a side, or height and width")
      ->expected(1, 2);
  add_number_option(command, "--channels", architecture.channels, kChannelsRange,
                    "3 (RGB, default) or 1 (grey)");
  add_number_option(command, "--embedding", architecture.embedding_length, kEmbeddingLengthRange,
                    "Length of the embedding (default 128)");
  add_number_option(command, "--width", architecture.width_factor, kWidthFactorRange,
                    "Factor on mobilefacenet's channels (default 1)");
  add_number_option(command, "--expansion", architecture.expansion, kWidthFactorRange,
                    "Factor on the channels inside mobilefacenet's blocks (default 1)");
  add_number_option(command, "--dropout", architecture.dropout, kDropoutRange,
                    "Before the last layer (default 0)");
  command.add_option("--init", arguments.options.network.init,
                     "Checkpoint of another run to start from, or a model file; a smaller input's "
                     "will do, and a model with more channels inside its blocks is pruned");
  command.add_option("--teacher", arguments.options.loss.teachers,
                     "Models to learn from, with --loss distill or relational; of several the "
                     "embeddings stand side by side");
  const std::map<std::string, TeacherView> views{{"crop", TeacherView::kCrop},
                                                 {"photo", TeacherView::kPhoto}};
  command
      .add_option("--teacher-sees", arguments.options.loss.teacher_view,
                  "crop: each crop, without what is laid over it (default); photo: each photo and "
                  "its mirror image, once, kept beside --cache: much faster")
      ->transform(CLI::CheckedTransformer(views));
}

void add_loss_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--loss", options.loss.name, "See --explain (default triplet)");
  const auto add = [&](const std::string& name, std::size_t& value, double least,
                       const std::string& help) {
    add_number_option(command, name, value, {least, 1'000'000}, help);
  };
  add("--people", options.loss.people, 1,
      "Per batch, for pairs and trios (default 16, or as many as there are)");
  add("--photos", options.loss.photos, 1, "Of each of them (default 4)");
  add("--batch", options.loss.batch, 1,
      "Photos per batch, for other losses (default 64, or as many as there are)");
  add("--way", options.loss.episode.way, 2, "Classes per episode (default 5)");
  add("--shot", options.loss.episode.shot, 1, "Examples of each (default 1)");
  add("--queries", options.loss.episode.queries, 1, "Queries of each (default 5)");
  command.add_flag("--rotated-classes", options.loss.episode.has_rotated_classes,
                   "A class turned by 90, 180 or 270 degrees is a class of its own");
  command.add_flag("--within-source", options.loss.episode.is_within_parent,
                   "All classes of an episode lie in one folder (an alphabet), or one of --data");
}

void add_optimization_options(CLI::App& command, TrainOptions& options) {
  const std::map<std::string, OptimizerKind> kinds{{"sgd", OptimizerKind::kSgd},
                                                   {"adamw", OptimizerKind::kAdamW}};
  constexpr NumberRange kSomeEpochs{0, kMaxEpochs, true};
  constexpr NumberRange kEpochs{0, kMaxEpochs};
  add_number_option(command, "--epochs", options.optimization.epochs, kSomeEpochs,
                    "How often each photo is seen (default 20)");
  add_number_option(command, "--steps", options.optimization.steps, {1, 1'000'000'000},
                    "Batches, instead of epochs");
  command
      .add_option("--optimizer", options.optimization.optimizer.kind,
                  "sgd (Nesterov, default) or adamw")
      ->transform(CLI::CheckedTransformer(kinds));
  add_number_option(command, "--lr", options.optimization.learning_rate, {0, 1e12, true},
                    "Highest learning rate (default 0.1 for sgd, 0.002 for adamw)");
  add_number_option(command, "--momentum", options.optimization.optimizer.momentum, {0, 0.999},
                    "Of sgd (default 0.9)");
  add_number_option(command, "--weight-decay", options.optimization.optimizer.weight_decay,
                    {0, 1000}, "Not of norms and biases (default 5e-4)");
  add_number_option(command, "--warmup", options.optimization.warmup_epochs, kEpochs,
                    "Epochs of rising rate (default 1)");
  add_number_option(command, "--clip", options.optimization.gradient_clip, kPositiveRange,
                    "Largest gradient norm (default 5)");
  add_number_option(command, "--average", options.optimization.average, {0, 0.999999},
                    "Decay of the averaged weights, which are shipped (default 0.999; 0: none)");
  add_number_option(
      command, "--threads", options.run.threads, kThreadsRange,
      "Of the network (default 0: one per processor); the model depends on the number");
  add_number_option(command, "--loader-threads", options.run.loader_threads, {1, 256},
                    "That read and vary photos, besides (default 1)");
}

void add_run_options(CLI::App& command, TrainArguments& arguments) {
  TrainOptions& options = arguments.options;
  command.add_option("--out", options.run.out, "The model file to write");
  command.add_option("--run", options.run.folder,
                     "Folder of checkpoint, logs and report (default: OUT with .run)");
  command.add_flag("--resume", options.run.resumes, "Go on from the run's checkpoint");
  command.add_flag("--overwrite", options.run.overwrites,
                   "Start afresh in a folder that holds another run");
  add_number_option(command, "--metric", options.run.metric_length, {0, 100'000},
                    "Learn a metric (KISSME) on the people trained on and ship embeddings of this "
                    "many numbers in it: more exact where photos are few (default 0: none)");
  add_weights_option(command, options.run.storage);
  add_number_option(command, "--checkpoint-every", options.run.checkpoint_minutes, {0, 1e6},
                    "Minutes (default 10)");
  add_number_option(command, "--validate-every", options.run.validate_epochs, {0, kMaxEpochs, true},
                    "Epochs (default 1)");
  add_dry_run_option(command, arguments.is_dry_run);
  command.add_flag("--explain", arguments.explains, "Print all losses and augmentations, and end");
}

void fill_in(TrainArguments& arguments) {
  TrainOptions& options = arguments.options;
  if (options.run.out.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "train: name the model file to write: --out FILE");
  }
  if (options.run.folder.empty()) options.run.folder = options.run.out.string() + ".run";
  const std::size_t count = arguments.data.size() + arguments.unlabelled.size();
  if (!arguments.shares.empty() && arguments.shares.size() != count) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("train: {} --shares for {} sources; give one for each",
                            arguments.shares.size(), count));
  }
  const auto add_source = [&](const std::string& location, bool is_labelled) {
    const std::size_t i = options.data.sources.size();
    options.data.sources.push_back(
        {location, arguments.shares.empty() ? 1 : arguments.shares[i], is_labelled});
  };
  for (const std::string& location : arguments.data) add_source(location, true);
  for (const std::string& location : arguments.unlabelled) add_source(location, false);
  options.network.architecture_options.height = arguments.size.front();
  options.network.architecture_options.width = arguments.size.back();
  options.data.aligns_faces = !arguments.takes_whole_images;
  take_sizes_of_init(options.network, options.data.aligns_faces);
  if (options.data.cache.empty()) {
    options.data.cache =
        models_folder(options.data.models).parent_path() / "cache" / "images.cache";
  }
}

/// Training takes hours: what it ends in must have a place.
void check_outputs(const TrainArguments& arguments) {
  const TrainOptions& options = arguments.options;
  std::vector<std::string> inputs = arguments.data;
  inputs.insert(inputs.end(), arguments.unlabelled.begin(), arguments.unlabelled.end());
  inputs.push_back(options.network.init.string());
  for (const std::filesystem::path& teacher : options.loss.teachers) {
    inputs.push_back(teacher.string());
  }
  check_output_file("--out", options.run.out, OutputKind::kModel, inputs);
  check_output_folder("--run", options.run.folder);
}

/// The command line as typed, for the training record: which paths and options made the model.
/// Without --resume and --overwrite: the file that comes of it is the same.
std::string command_as_typed() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string command = "visavis";
  std::string word;
  std::getline(file, word, '\0');
  while (std::getline(file, word, '\0')) {
    if (word != "--resume" && word != "--overwrite") command += " " + word;
  }
  return command;
}

/// For an option of two values, which CLI11 gathers from wherever they stand.
void check_given_once(const CLI::App& command, const std::string& option) {
  const std::vector<CLI::Option*>& given = command.parse_order();
  if (std::count(given.begin(), given.end(), command.get_option(option)) > 1) {
    throw Error(ErrorCode::kInvalidArgument, "train: " + option + " is given twice; leave one out");
  }
}

/// What nobody asked for may be made to fit few people.
void let_defaults_adapt(const CLI::App& command, TrainOptions& options) {
  const auto is_default = [&](const char* name) { return command.count(name) == 0; };
  options.data.held_out.adapts = is_default("--held-out");
  options.loss.adapts.people = is_default("--people");
  options.loss.adapts.photos = is_default("--photos");
  options.loss.adapts.batch = is_default("--batch");
  options.loss.adapts.way = is_default("--way");
  options.loss.adapts.queries = is_default("--queries");
}

int run_train(TrainArguments& arguments) {
  if (arguments.explains) {
    std::cout << losses_and_augmentations();
    return kExitDone;
  }
  fill_in(arguments);
  arguments.options.run.command = command_as_typed();
  const TrainOptions& options = arguments.options;
  const std::stop_token stop = stop_cleanly_on_interrupt();
  const std::unique_ptr<Communicator> ranks = make_communicator();
  if (ranks->rank() == 0) check_outputs(arguments);
  if (arguments.is_dry_run) {
    const std::string work = rehearse_training(options, *ranks, terminal_progress());
    return ranks->rank() == 0 ? end_dry_run(work + " and write " + options.run.out.string())
                              : kExitDone;
  }
  const TrainingEnd end = train(options, *ranks, terminal_progress(), stop);
  if (ranks->rank() != 0) return end == TrainingEnd::kDone ? kExitDone : kExitInterrupted;
  if (end == TrainingEnd::kInterrupted) {
    std::cerr << "visavis: stopped; the same command with --resume goes on\n";
    return kExitInterrupted;
  }
  std::cout << fmt::format("{}: written; {} shows how training went\n", options.run.out.string(),
                           (options.run.folder / "report.html").string());
  return kExitDone;
}

}  // namespace

void add_train_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand("train", "Train a network on folders of images");
  add_data_options(*command, *arguments);
  add_network_options(*command, *arguments);
  add_loss_options(*command, arguments->options);
  add_optimization_options(*command, arguments->options);
  add_run_options(*command, *arguments);
  command->footer(kFootnote);
  command->callback([arguments, command, &exit_code] {
    check_given_once(*command, "--size");
    let_defaults_adapt(*command, arguments->options);
    exit_code = run_train(*arguments);
  });
}

}  // namespace visavis
