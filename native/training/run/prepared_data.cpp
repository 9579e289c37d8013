#include "native/training/run/prepared_data.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "native/data/left_out.h"
#include "native/models/model_files.h"
#include "native/system/atomic_file.h"
#include "native/system/counted.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

/// Whole images are kept as large as the network's input, faces as detailed.
PreparationOptions preparation_for(const TrainOptions& options) {
  const int side = std::max(options.network.architecture_options.height,
                            options.network.architecture_options.width);
  PreparationOptions preparation;
  preparation.aligns_faces = options.data.aligns_faces;
  preparation.scale = std::max(1.0, side / 112.0);
  preparation.side = side;
  return preparation;
}

/// Beside the cache, under the same name.
TeacherLabels label_photos(const TrainOptions& options, const PreparedData& prepared,
                           ProgressSink& progress, const std::stop_token& stop) {
  std::filesystem::path file = options.data.cache;
  file += ".teacher";
  std::vector<TeacherLabels> labels;
  for (const Model& teacher : read_teachers(options.loss.teachers)) {
    labels.push_back(label_with_teacher(teacher, prepared.network.template112, prepared.cache,
                                        prepared.data.photos.size(), file, options.run.threads,
                                        progress, stop));
  }
  return side_by_side(labels);
}

/// Photos first: of a folder full of other files, too, the photos are what is missed.
void report_left_out(const PreparedData& prepared, const std::filesystem::path& folder,
                     ProgressSink& progress) {
  const std::filesystem::path file = folder / "problems.txt";
  std::vector<std::string> lines;
  for (const PhotoProblem& problem : prepared.cache.problems()) lines.push_back(problem.reason);
  lines.insert(lines.end(), prepared.data.left_out.begin(), prepared.data.left_out.end());
  write_file_atomically(file, [&](std::ostream& out) {
    for (const std::string& line : lines) out << printable(line) << '\n';
  });
  say_left_out(progress, lines, file.string());
}

/// A folder name a line, for `calibrate --people`. Without the source: the hash that chooses people
/// sees none either, so that those of one folder name in two sources are on the same side.
void list_held_out(const PreparedData& prepared, const std::filesystem::path& folder) {
  std::set<std::string> people;
  for (const std::uint32_t photo : prepared.split.validation) {
    people.insert(
        prepared.data.folder(static_cast<std::size_t>(prepared.data.photos[photo].identity)));
  }
  write_file_atomically(folder / "held-out.txt", [&](std::ostream& out) {
    for (const std::string& person : people) out << list_line(person) << '\n';
  });
}

void report_split(const IdentitySplit& split, ProgressSink& progress) {
  const std::size_t single =
      split.training_identities_with_one_photo + split.held_out_identities_with_one_photo;
  progress.say(
      fmt::format("{} of {} to learn from, {} of {} held out{}",
                  counted_photos(split.training.size()), counted_people(split.training_identities),
                  split.validation.size(), split.validation_identities,
                  single == 0 ? ""
                              : fmt::format("; {} one photo only, of no use to pairs, "
                                            "trios and validation",
                                            counted(single, "person has", "people have"))));
}

}  // namespace

TrainingData list_data(const DataPlan& data) {
  return leave_out(list_training_data(data.sources), data.left_out);
}

PreparedData prepare_data(TrainingData listed, const TrainOptions& options, Communicator& ranks,
                          ProgressSink& progress, const std::stop_token& stop) {
  PreparedData prepared;
  prepared.data = std::move(listed);
  prepared.network = trained_network(options.network);
  std::optional<FaceModels> models;
  if (options.data.aligns_faces) {
    models = load_face_models({options.data.models, ""});
    models->embedder.network.input = {112, 112, 3};
    models->embedder.alignment = prepared.network.template112;
  } else {
    prepared.network.template112 = {};
  }
  const auto prepare = [&] {
    prepared.cache =
        prepare_images(prepared.data, models ? &*models : nullptr, preparation_for(options),
                       options.data.cache, options.run.threads, progress, stop);
  };
  if (ranks.rank() == 0) prepare();
  if (ranks.any(stop.stop_requested())) return prepared;
  if (ranks.rank() != 0) {
    prepare();
  } else {
    report_left_out(prepared, options.run.folder, progress);
  }
  if (!options.loss.teachers.empty() && options.loss.teacher_view == TeacherView::kPhoto) {
    // One rank after the other, so that ranks which share a disk find everything done.
    if (ranks.rank() == 0)
      prepared.teacher_labels = label_photos(options, prepared, progress, stop);
    if (ranks.any(stop.stop_requested())) return prepared;
    if (ranks.rank() != 0)
      prepared.teacher_labels = label_photos(options, prepared, progress, stop);
  }
  prepared.split =
      split_by_identity(prepared.data, prepared.cache, options.data.held_out, options.run.seed);
  if (ranks.rank() == 0) {
    list_held_out(prepared, options.run.folder);
    report_split(prepared.split, progress);
  }
  return prepared;
}

}  // namespace visavis
