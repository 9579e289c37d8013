#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/face/template_file.h"
#include "core/face/verifier.h"
#include "native/commands/commands.h"
#include "native/commands/compared.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/images/image_file.h"
#include "native/system/atomic_file.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

struct EnrolOptions {
  ModelChoice models;
  std::string photo;
  std::filesystem::path out;
  std::size_t face = 1;
  bool json = false;
};

int run_enrol(const EnrolOptions& options) {
  check_output_file("--out", options.out, OutputKind::kTemplate,
                    {options.photo, options.models.embedder});
  const Image photo = read_image(options.photo);
  const FaceModels models = load_face_models(options.models);
  Verifier verifier(models);
  const FaceTemplate face_template =
      enrol_photo(verifier, photo, options.photo, options.face, "--face").enrolment.face_template;
  const StoredTemplate stored{
      embedder_fingerprint(models.embedder.name, read_model_bytes(embedder_path(options.models)),
                           options.models.averages_mirror),
      face_template.embedding};
  write_file_atomically(options.out,
                        [&](std::ostream& stream) { stream << template_bytes(stored); });
  const std::vector<QualityIssue>& issues = face_template.quality.issues;
  if (options.json) {
    nlohmann::ordered_json json{{"photo", options.photo},
                                {"model", stored.model},
                                {"embedding_length", stored.embedding.size()}};
    json["issues"] = nlohmann::ordered_json::array();
    for (const QualityIssue issue : issues) json["issues"].push_back(code_of(issue));
    std::cout << json_text(json) << '\n';
    return kExitDone;
  }
  std::cout << fmt::format("{}: a template of length {}, made by {}\n",
                           printable(options.out.string()), stored.embedding.size(),
                           printable(stored.model));
  for (const QualityIssue issue : issues) {
    std::cout << printable(options.photo) << ": " << message_of(issue) << '\n';
  }
  return kExitDone;
}

}  // namespace

void add_enrol_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EnrolOptions>();
  CLI::App* command = app.add_subcommand(
      "enrol", "Keep the template of a face in a file, which the package reads, too");
  command->add_option("photo", options->photo, "The photo")->required();
  command
      ->add_option("--out", options->out,
                   "The template file to write, NAME.template. It is biometric data")
      ->required();
  constexpr NumberRange kFaces{1, 1000};
  add_number_option(*command, "--face", options->face, kFaces,
                    "Which face of the photo, 1 being the largest sure one (default 1)");
  add_model_options(*command, options->models);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &exit_code] { exit_code = run_enrol(*options); });
}

}  // namespace visavis
