#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "native/commands/commands.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/output_check.h"
#include "native/data/photo_inputs.h"
#include "native/embedding/photo_embedder.h"
#include "native/system/atomic_file.h"
#include "native/system/counted.h"
#include "native/system/json_file.h"
#include "native/system/npy.h"
#include "native/system/printable.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

struct EmbedOptions {
  ModelChoice models;
  std::vector<std::string> inputs;
  std::filesystem::path out;
  int threads = 0;
  bool json = false;
  bool is_dry_run = false;
};

/// The embeddings in rows, and the names of their photos.
struct Templates {
  std::vector<float> values;
  std::vector<std::string> names;
  nlohmann::ordered_json without_face = nlohmann::ordered_json::array();
};

Templates collect(const std::vector<PhotoRef>& photos, const std::vector<EmbeddedPhoto>& embedded) {
  Templates templates;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const std::string name = photos[i].dataset->full_name(photos[i].image);
    const EmbeddedPhoto& photo = embedded[i];
    if (photo.has_face()) {
      templates.values.insert(templates.values.end(), photo.embedding.begin(),
                              photo.embedding.end());
      templates.names.push_back(name);
    } else {
      std::cerr << "no embedding: " << printable(photo.problem) << '\n';
      templates.without_face.push_back({{"file", name}, {"reason", photo.reason}});
    }
  }
  return templates;
}

/// The list of the photos' names, beside the embeddings.
std::filesystem::path names_file(std::filesystem::path out) {
  return out.replace_extension(".txt");
}

void check_outputs(const EmbedOptions& options) {
  std::vector<std::string> inputs = options.inputs;
  inputs.push_back(options.models.embedder);
  check_output_file("--out", options.out, OutputKind::kNpy, inputs);
  const std::filesystem::path names = names_file(options.out);
  check_output_file("--out", names, OutputKind::kNames, inputs);
  std::error_code failed;
  if (std::filesystem::exists(names, failed) && !std::filesystem::exists(options.out, failed)) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("--out {}: the names would be written to {}, which is there already "
                            "and belongs to no such array; name another file, or remove it",
                            options.out.string(), names.string()));
  }
}

void write_templates(const Templates& templates, const std::filesystem::path& out) {
  const std::size_t rows = templates.names.size();
  const auto write_array = [&](std::ostream& stream) {
    write_npy(stream, templates.values, rows, templates.values.size() / rows);
  };
  const auto write_names = [&](std::ostream& stream) {
    for (const std::string& name : templates.names) stream << list_line(name) << '\n';
  };
  write_files_together({{out, write_array}, {names_file(out), write_names}});
}

int run_embed(const EmbedOptions& options) {
  check_outputs(options);
  const PhotoInputs inputs = open_photos(options.inputs, terminal_progress());
  const std::vector<PhotoRef>& photos = inputs.photos;
  const FaceModels models = load_face_models(options.models);
  if (options.is_dry_run) {
    const Verifier verifier(models);  // Refuses a model of another kind.
    return end_dry_run(fmt::format("embed {} by {} and write {}", counted_photos(photos.size()),
                                   models.embedder.name, options.out.string()));
  }
  const auto embedded = embed_photos(models, photos, options.threads, terminal_progress());
  const Templates templates = collect(photos, embedded);
  const std::size_t rows = templates.names.size();
  if (rows == 0) {
    throw Error(ErrorCode::kNoFace,
                photos.size() == 1
                    ? "no usable face in the photo; nothing was written"
                    : fmt::format("no usable face in any of {} photos; nothing was written",
                                  photos.size()));
  }
  write_templates(templates, options.out);
  if (options.json) {
    const nlohmann::ordered_json json{{"photos", photos.size()},
                                      {"embeddings", rows},
                                      {"embedding_length", templates.values.size() / rows},
                                      {"without_face", templates.without_face}};
    std::cout << json_text(json) << '\n';
  } else {
    std::cout << fmt::format(
        "{}: {} of length {} from {}, {} without a usable face\n", printable(options.out.string()),
        counted(rows, "embedding", "embeddings"), templates.values.size() / rows,
        counted_photos(photos.size()), photos.size() - rows);
  }
  return kExitDone;
}

}  // namespace

void add_embed_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EmbedOptions>();
  CLI::App* command = app.add_subcommand(
      "embed", "Turn the largest sure face of every photo into an embedding, for NumPy");
  command->add_option("photos", options->inputs, "Folders, tars, TAR:FOLDER-INSIDE or photos")
      ->required();
  command
      ->add_option("--out", options->out,
                   "The .npy file to write, a row per face; a .txt beside it names the photos, a "
                   "line each (control characters as \\n or \\x1B, a backslash as \\\\)")
      ->required();
  add_model_options(*command, options->models);
  add_threads_option(*command, options->threads);
  add_dry_run_option(*command, options->is_dry_run);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &exit_code] { exit_code = run_embed(*options); });
}

}  // namespace visavis
