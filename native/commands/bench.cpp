#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/with_subject.h"
#include "core/face/face_choice.h"
#include "core/face/verifier.h"
#include "core/network/architectures.h"
#include "core/network/runtime.h"
#include "native/commands/bench_few_shot.h"
#include "native/commands/bench_photo.h"
#include "native/commands/bench_training_output.h"
#include "native/commands/commands.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/network_options.h"
#include "native/commands/options/number_option.h"
#include "native/images/image_file.h"
#include "native/images/jpeg_codec.h"
#include "native/system/atomic_file.h"
#include "native/system/bench_timer.h"
#include "native/system/json_file.h"
#include "native/system/processors.h"

namespace visavis {
namespace {

constexpr int kPhotoWidth = 1632;  // with 1224 rows: 2 megapixels, 4:3
constexpr int kPhotoHeight = 1224;

struct BenchOptions {
  ModelChoice models;
  std::string photo;
  int threads = 1;
  int repeat = 20;
  bool json = false;
  TrainingBenchOptions training;  ///< With an architecture: time training instead.
  bool with_layers = false;
  bool few_shot = false;  ///< Time support sets instead.
  FewShotBenchOptions support;
};

struct StageTiming {
  std::string stage;
  Timing timing;
};

struct NetworkTiming {
  std::string name;
  Timing timing;
  double flops = 0;  ///< Per run: two per multiply-add.

  [[nodiscard]] double gflops() const { return flops / timing.median * 1e-9; }
  /// Of the fastest run: what share of a peak is reached is to be told without other programs'
  /// load.
  [[nodiscard]] double best_gflops() const { return flops / timing.least * 1e-9; }
};

Tensor constant_tensor(Shape shape, float value) {
  Tensor tensor(std::move(shape));
  std::fill(tensor.data(), tensor.data() + tensor.size(), value);
  return tensor;
}

NetworkTiming time_network(const std::string& name, const NetworkSpec& spec,
                           const Parameters& parameters, const BenchOptions& options) {
  Network network(spec, parameters, options.threads);
  Shape shape{1};
  shape.insert(shape.end(), spec.input.begin(), spec.input.end());
  const Tensor input = constant_tensor(shape, 0.1F);
  return {name, time_runs(options.repeat, [&] { network.run(input); }),
          2 * static_cast<double>(multiply_adds(spec))};
}

/// The machine's peak, as far as XNNPACK's own kernels reach it: a matrix product that fits the
/// caches. A 1x1 convolution of 16x16 pixels is just that.
NetworkTiming time_gemm(const BenchOptions& options) {
  NetworkSpec spec;
  spec.input = {16, 16, 256};
  spec.outputs = {add_layer(spec, "product", Convolution{{}, 256, 1, false}, {0})};
  Parameters parameters;
  for (const ParameterSpec& parameter : parameter_specs(spec)) {
    parameters[parameter.name] = constant_tensor(parameter.shape, 0.01F);
  }
  return time_network("matrix product 256^3", spec, parameters, options);
}

std::vector<NetworkTiming> time_networks(const FaceModels& models, const BenchOptions& options) {
  std::vector<NetworkTiming> timings;
  for (const Model* model : {&models.near_detector, &models.far_detector, &models.confirmation,
                             &models.landmarks, &models.embedder}) {
    timings.push_back(time_network(model->name, model->network, model->parameters, options));
  }
  timings.push_back(time_gemm(options));
  return timings;
}

struct BenchPhoto {
  std::vector<std::uint8_t> bytes;
  Image image;
  Face face;
};

BenchPhoto prepare_photo(const BenchOptions& options, FaceDetector& detector) {
  BenchPhoto photo;
  if (options.photo.empty()) {
    photo.bytes = encode_jpeg(make_bench_photo(kPhotoWidth, kPhotoHeight), 90);
    photo.image = decode_image(photo.bytes, "bench photo");
    photo.face = make_bench_face(photo.image);
    return photo;
  }
  photo.bytes = read_file(options.photo, kMaxImageFileBytes);
  photo.image = decode_image(photo.bytes, options.photo);
  const std::vector<Face> faces = detector.detect(photo.image);
  photo.face = with_subject(options.photo, [&] { return choose_face(faces, photo.image); });
  return photo;
}

std::vector<StageTiming> time_stages(const FaceModels& models, const BenchOptions& options) {
  FaceDetector detector(models.near_detector, models.far_detector, models.confirmation,
                        options.threads);
  FaceAligner aligner(models.landmarks, models.embedder, options.threads);
  Embedder embedder(models.embedder, options.threads);
  const BenchPhoto photo = prepare_photo(options, detector);
  const AlignedFace aligned = aligner.align(photo.image, photo.face);
  std::vector<StageTiming> stages;
  const auto add = [&](const std::string& stage, const std::function<void()>& work) {
    stages.push_back({stage, time_runs(options.repeat, work)});
  };
  add("decode", [&] { decode_image(photo.bytes, "bench photo"); });
  add(options.photo.empty() ? "detect (full search)" : "detect",
      [&] { detector.detect(photo.image); });
  add("align", [&] { aligner.align(photo.image, photo.face); });
  add("embed", [&] { embedder.embed(aligned.crop); });
  if (options.photo.empty()) return stages;
  Verifier verifier(models, options.threads);
  add("whole comparison", [&] {
    const Image reference = decode_image(photo.bytes, "reference");
    const Image probe = decode_image(photo.bytes, "probe");
    (void)verifier.verify(verifier.enrol(reference).face_template,
                          verifier.enrol(probe).face_template, kDistanceRange.most);
  });
  return stages;
}

nlohmann::ordered_json milliseconds(const Timing& timing) {
  return {{"median_ms", timing.median * 1e3},
          {"min_ms", timing.least * 1e3},
          {"max_ms", timing.most * 1e3}};
}

void print_json(const std::vector<StageTiming>& stages, const std::vector<NetworkTiming>& networks,
                const BenchOptions& options) {
  const double peak = networks.back().best_gflops();
  nlohmann::ordered_json json{{"threads", options.threads}, {"repeat", options.repeat}};
  for (const StageTiming& stage : stages) json["stages"][stage.stage] = milliseconds(stage.timing);
  for (const NetworkTiming& network : networks) {
    nlohmann::ordered_json entry = milliseconds(network.timing);
    entry["runs_per_second"] = 1 / network.timing.median;
    entry["gflops"] = network.gflops();
    entry["share_of_gemm_peak"] = network.best_gflops() / peak;
    json["networks"][network.name] = entry;
  }
  std::cout << json_text(json) << '\n';
}

void print_text(const std::vector<StageTiming>& stages, const std::vector<NetworkTiming>& networks,
                const BenchOptions& options) {
  const double peak = networks.back().best_gflops();
  std::cout << fmt::format("{} thread(s), {} runs each: median (least .. most)\n\n",
                           options.threads, options.repeat);
  const auto times = [](const Timing& t) {
    return fmt::format("{:8.2f} ms ({:.2f} .. {:.2f})", t.median * 1e3, t.least * 1e3,
                       t.most * 1e3);
  };
  for (const StageTiming& stage : stages) {
    std::cout << fmt::format("{:<26}{}\n", stage.stage, times(stage.timing));
  }
  std::cout << '\n';
  for (const NetworkTiming& network : networks) {
    std::cout << fmt::format(
        "{:<26}{:<32}{:8.1f} per second{:8.1f} GFLOP/s {:5.0f}% of the product's peak\n",
        network.name, times(network.timing), 1 / network.timing.median, network.gflops(),
        100 * network.best_gflops() / peak);
  }
  if (options.photo.empty()) {
    std::cout
        << "\nA generated picture without a face: detection ran its full search. --photo FILE\n"
           "with a face times the usual search and a whole comparison.\n";
  }
}

/// The peak is that of whichever matrix product is faster here, XNNPACK's or the trainer's.
int run_training_bench(const BenchOptions& options) {
  TrainingBenchOptions training = options.training;
  training.threads = options.threads;
  const TrainingBenchResult result = bench_training(training);
  const double peak = std::max(result.product_flops, time_gemm(options).best_gflops() * 1e9);
  if (options.json) {
    print_training_json(result, peak);
  } else {
    print_training_text(result, peak, options.with_layers);
  }
  return kExitDone;
}

int run_bench(BenchOptions& options) {
  options.threads = thread_count(options.threads);
  if (!options.training.architecture.empty()) return run_training_bench(options);
  if (options.few_shot) {
    print_few_shot_bench(bench_few_shot(options.support, options.repeat), options.support,
                         options.json);
    return kExitDone;
  }
  const FaceModels models = load_face_models(options.models);
  const std::vector<StageTiming> stages = time_stages(models, options);
  const std::vector<NetworkTiming> networks = time_networks(models, options);
  if (options.json) {
    print_json(stages, networks, options);
  } else {
    print_text(stages, networks, options);
  }
  return kExitDone;
}

void add_training_options(CLI::App& command, BenchOptions& options) {
  TrainingBenchOptions& training = options.training;
  const std::string group = "Training";
  CLI::Option* train =
      command
          .add_option("--train", training.architecture,
                      "Time training steps of this architecture on random images instead")
          ->check(CLI::IsMember(architecture_names()))
          ->group(group);
  const auto add = [&](const std::string& name, auto& value, const NumberRange& range,
                       const std::string& help) {
    return add_number_option(command, name, value, range, help)->needs(train)->group(group);
  };
  add("--batch", training.batch, {2, 100'000}, "Images per step, 4 a person (default 64)");
  add("--size", training.side, kSideRange, "Pixels a side (default 112; siamese: 105)");
  add("--channels", training.channels, kChannelsRange, "1 or 3 (default 3; siamese: 1)");
  add("--width", training.width_factor, kWidthFactorRange,
      "Width factor of mobilefacenet (default 1)");
  add("--steps", training.steps, {1, 100'000}, "Timed steps (default 10)");
  command
      .add_option("--loss", training.loss,
                  "As `visavis train` takes it (default " + training.loss + ")")
      ->needs(train)
      ->group(group);
  command.add_flag("--layers", options.with_layers, "List every layer's time")
      ->needs(train)
      ->group(group);
}

void add_few_shot_options(CLI::App& command, BenchOptions& options) {
  const std::string group = "Few-shot";
  CLI::Option* few_shot =
      command
          .add_flag(
              "--few-shot", options.few_shot,
              "Time changes of and queries to a support set of random unit embeddings instead")
          ->excludes(command.get_option("--train"))
          ->group(group);
  const auto add = [&](const std::string& name, std::size_t& value, const std::string& help) {
    add_number_option(command, name, value, {1, 1'000'000}, help)->needs(few_shot)->group(group);
  };
  add("--classes", options.support.classes, "Classes (default 1000)");
  add("--shots", options.support.shots, "Examples of each (default 5)");
  add("--length", options.support.length, "Of an embedding (default 128)");
}

}  // namespace

void add_bench_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = app.add_subcommand("bench",
                                         "Time every stage of a comparison and every network on "
                                         "this machine, or training, or few-shot "
                                         "classification");
  add_model_options(*command, options->models);
  command->add_option("--photo", options->photo,
                      "Photo with a face (default: a generated 2-megapixel picture without one)");
  add_number_option(
      *command, "--threads", options->threads, kThreadsRange,
      "Threads per network (default 1, 0: one per processor), no more than processors");
  add_number_option(*command, "--repeat", options->repeat, {1, 100'000},
                    "Runs per figure (default 20)");
  command->add_flag("--json", options->json, "Print one JSON object");
  add_training_options(*command, *options);
  add_few_shot_options(*command, *options);
  command->callback([options, &exit_code] { exit_code = run_bench(*options); });
}

}  // namespace visavis
