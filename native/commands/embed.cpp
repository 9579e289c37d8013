#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "native/atomic_file.h"
#include "native/commands/commands.h"
#include "native/commands/model_options.h"
#include "native/counted.h"
#include "native/interrupt.h"
#include "native/npy.h"
#include "native/photo_embedder.h"
#include "native/photo_inputs.h"

namespace visavis {
namespace {

struct EmbedOptions {
  ModelChoice models;
  std::vector<std::string> inputs;
  std::filesystem::path out;
  int threads = 0;
  bool json = false;
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
      std::cerr << "no embedding: " << name << ": " << photo.problem << '\n';
      templates.without_face.push_back({{"file", name}, {"reason", photo.problem}});
    }
  }
  return templates;
}

void write_templates(const Templates& templates, const std::filesystem::path& out) {
  const std::size_t rows = templates.names.size();
  const DelayInterrupt delay;  // Neither without the other.
  write_npy(out, templates.values, rows, templates.values.size() / rows);
  std::filesystem::path names = out;
  write_file_atomically(names.replace_extension(".txt"), [&](std::ostream& stream) {
    for (const std::string& name : templates.names) stream << name << '\n';
  });
}

int run_embed(const EmbedOptions& options) {
  const PhotoInputs inputs = open_photos(options.inputs);
  const std::vector<PhotoRef>& photos = inputs.photos;
  const FaceModels models = load_face_models(options.models);
  const auto embedded = embed_photos(models, photos, options.threads);
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
    std::cout << json.dump(2) << '\n';
  } else {
    std::cout << fmt::format("{}: {} of length {} from {}, {} without a usable face\n",
                             options.out.string(), counted(rows, "embedding", "embeddings"),
                             templates.values.size() / rows, counted_photos(photos.size()),
                             photos.size() - rows);
  }
  return kExitDone;
}

}  // namespace

void add_embed_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EmbedOptions>();
  CLI::App* command = app.add_subcommand(
      "embed", "Turn the largest face of every photo into an embedding, for NumPy");
  command->add_option("photos", options->inputs, "Folders, tars, TAR:FOLDER-INSIDE or photos")
      ->required();
  command
      ->add_option("--out", options->out,
                   "The .npy file to write, a row per face; a .txt beside it names the photos")
      ->required();
  add_model_options(*command, options->models);
  add_threads_option(*command, options->threads);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &exit_code] { exit_code = run_embed(*options); });
}

}  // namespace visavis
