#include "native/training/losses/loss.h"

#include <algorithm>

#include "core/base/error.h"

namespace visavis {
namespace {

void check_embeddings(const Shape& embeddings) {
  if (embeddings.size() != 2 || element_count(embeddings) == 0) {
    refuse("loss", "embeddings must be [batch, dimensions], not " + to_string(embeddings) +
                       "; end the network with a flat output");
  }
}

}  // namespace

template <class T>
std::vector<TrainableParameter<T>*> head_parameters(Loss<T>& loss, std::size_t embedding_length) {
  std::vector<TrainableParameter<T>*> shipped;
  const std::vector<TrainableParameter<T>*> all = loss.parameters();
  for (const ParameterSpec& spec : head_parameter_specs(loss.head().kind, embedding_length)) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const TrainableParameter<T>* p) {
      return p->name == spec.name && p->value.shape() == spec.shape;
    });
    if (found == all.end()) {
      throw Error(ErrorCode::kInternal, "loss: its head has no parameter '" + spec.name + "'");
    }
    shipped.push_back(*found);
  }
  return shipped;
}

template std::vector<TrainableParameter<float>*> head_parameters(Loss<float>&, std::size_t);
template std::vector<TrainableParameter<double>*> head_parameters(Loss<double>&, std::size_t);

std::size_t check_labelled_batch(const Shape& embeddings, const BatchLabels& labels) {
  check_embeddings(embeddings);
  if (labels.labels.size() != embeddings[0]) {
    refuse("loss", std::to_string(labels.labels.size()) + " labels for " +
                       std::to_string(embeddings[0]) + " embeddings; give one label per row");
  }
  return embeddings[0];
}

std::size_t check_taught_batch(const Shape& embeddings, const BatchLabels& labels,
                               std::size_t teacher_dimensions) {
  check_embeddings(embeddings);
  const Shape& teacher = labels.teacher.shape();
  if (labels.teacher.size() == 0)
    refuse("loss", "the batch has no teacher's embeddings; give a teacher");
  const bool has_length = teacher_dimensions == 0 || teacher.back() == teacher_dimensions;
  if (teacher.size() != 2 || teacher[0] != embeddings[0] || !has_length) {
    const std::string length =
        teacher_dimensions == 0 ? "length" : std::to_string(teacher_dimensions);
    refuse("loss", "the teacher's embeddings are " + to_string(teacher) + ", not " +
                       to_string({embeddings[0]}) + "x" + length +
                       "; embed the same photos with it");
  }
  return embeddings[0];
}

}  // namespace visavis
