// Train a network on a folder of images, one folder per class, and use the model that comes of it.
//
//   build/native/example_train_on_folder DATA OUT.visavis IMAGE IMAGE
//
// `visavis train --whole-images` does the same with options; its --explain lists the losses.

#include <iostream>

#include "core/base/error.h"
#include "core/image/whole_image.h"
#include "core/model/embedder.h"
#include "native/images/image_file.h"
#include "native/models/model_files.h"
#include "native/terminal/terminal_progress.h"
#include "native/training/distributed/make_communicator.h"
#include "native/training/run/trainer.h"

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::cerr << "usage: example_train_on_folder DATA OUT.visavis IMAGE IMAGE\n";
    return 2;
  }

  // What to learn from: DATA/CLASS/IMAGE. Images are taken as they are; for photos of people leave
  // aligns_faces true, and their faces are found and aligned first.
  visavis::TrainOptions options;
  options.data.sources.push_back({argv[1]});
  options.data.aligns_faces = false;
  options.data.augmentation = "character";

  // Whole classes are held out. The network never learns from them: they choose the best weights and
  // calibrate the threshold that the model ships with.
  options.data.held_out.share = 0.3;

  // What learns: four blocks of convolutions that turn 16x16 grey pixels into 16 numbers.
  options.network.architecture = "conv4";
  options.network.architecture_options.height = 16;
  options.network.architecture_options.width = 16;
  options.network.architecture_options.channels = 1;
  options.network.architecture_options.embedding_length = 16;

  // How it learns. A triplet is an anchor, a positive of its class and a negative of another class.
  // The loss is zero once the negative is farther away than the positive by the margin. A batch has
  // 4 classes with 3 images of each, and the miner picks the triplets among them.
  options.loss.name = "triplet:margin=0.3";
  options.loss.people = 4;
  options.loss.photos = 3;
  options.optimization.steps = 40;
  options.optimization.learning_rate = 0.02;

  // What comes of it: the model, and beside it the run's folder with log, report and checkpoint.
  options.run.out = argv[2];
  options.run.folder = options.run.out.string() + ".run";
  options.data.cache = options.run.folder / "images.cache";
  options.run.overwrites = true;

  // Forward, backward, update, 40 times, with a progress bar on the terminal. Under mpirun several
  // processes share each batch.
  const auto ranks = visavis::make_communicator();
  const visavis::TrainingEnd end = visavis::train(options, *ranks, visavis::terminal_progress());
  if (end != visavis::TrainingEnd::kDone) return 2;
  std::cout << options.run.out.string() << ": trained; "
            << (options.run.folder / "report.html").string() << " shows how it went\n";

  // The model is used as any other. The embedder runs on XNNPACK, as in the browser.
  const visavis::Model model = visavis::read_model(options.run.out);
  visavis::Embedder embedder(model);
  const auto embed = [&](const char* file) {
    const visavis::Image image = visavis::read_image(file);
    return embedder.embed(visavis::whole_image(image, embedder.input_width()));
  };

  // Two images of one class should lie closer together than the threshold.
  const double distance = visavis::distance(embed(argv[3]), embed(argv[4]));
  std::cout << (distance < model.calibration.threshold ? "one class" : "two classes")
            << ": distance " << distance << ", the threshold is " << model.calibration.threshold
            << '\n';
  return 0;
} catch (const visavis::Error& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
