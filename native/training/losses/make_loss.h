#pragma once

#include <memory>
#include <string>

#include "native/training/losses/loss.h"

namespace visavis {

/// What a run knows and a loss may need.
struct LossContext {
  std::size_t dimensions = 0;          ///< Length of an embedding.
  std::size_t classes = 0;             ///< People or classes in training; labels are 0..classes-1.
  std::size_t teacher_dimensions = 0;  ///< Length of a teacher's embedding; 0: there is no teacher.
  std::uint64_t seed = 0;              ///< Of the losses' own weights and of random mining.
};

/// What a loss asks of its batches, over all terms of a spec.
struct LossNeeds {
  bool episodes = false;       ///< BatchLabels::is_query.
  bool people_photos = false;  ///< At least 2 people x 2 photos with labels.
  bool classes = false;        ///< Labels among the fixed classes of the training set.
  bool teacher = false;        ///< BatchLabels::teacher.
  [[nodiscard]] bool labels() const { return episodes || people_photos || classes; }
};

/// Throws kInvalidArgument for a spec that make_loss would refuse by its names.
LossNeeds loss_needs(const std::string& spec);

/// Makes the loss of a spec, "NAME[:KEY=VALUE,..][+NAME[:KEY=VALUE,..]..]", as in
/// "triplet:margin=0.3,mining=batch-hard" or "arcface:scale=32,margin=0.5+distill:weight=2"; every
/// loss takes a weight (default 1), by which it enters the sum. loss_help() lists the rest. Keeps
/// `threads`. Throws kInvalidArgument, in one line: what, its value, what is allowed.
template <class T>
std::unique_ptr<Loss<T>> make_loss(const std::string& spec, const LossContext& context,
                                   ThreadPool& threads);

/// A line for every loss and its options with their defaults, for --help.
std::string loss_help();

/// The losses that learn from people with a single photo too: "arcface, distill, ..".
std::string losses_of_single_photos();

/// Throws kInvalidArgument, saying which figure is too small, where batches of `people` x `photos`
/// can teach such a loss nothing: pairs and trios need 2 people with 2 photos.
void check_people_by_photos(const LossNeeds& needs, std::size_t people, std::size_t photos);

extern template std::unique_ptr<Loss<float>> make_loss<float>(const std::string&,
                                                              const LossContext&, ThreadPool&);
extern template std::unique_ptr<Loss<double>> make_loss<double>(const std::string&,
                                                                const LossContext&, ThreadPool&);

}  // namespace visavis
