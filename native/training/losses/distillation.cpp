#include "native/training/losses/distillation.h"

#include <algorithm>

#include "core/base/error.h"
#include "native/training/losses/random_rows.h"
#include "native/training/losses/unit_rows.h"

namespace visavis {
namespace {

template <class T>
class DistillationLoss final : public Loss<T> {
 public:
  explicit DistillationLoss(const DistillationOptions& options)
      : options_(options), has_map_(options.dimensions != options.teacher_dimensions) {
    if (!has_map_) return;
    map_.set_up("distill.map", {options.teacher_dimensions, options.dimensions});
    fill_random_rows(map_.value, options.seed);
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    if (has_map_) return {&map_};
    return {};
  }

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    const std::size_t n =
        check_taught_batch(embeddings.shape(), labels, options_.teacher_dimensions);
    const std::size_t d = embeddings.shape()[1];
    if (d != options_.dimensions) {
      throw Error(ErrorCode::kInvalidArgument, "loss 'distill': embeddings have length " +
                                                   std::to_string(d) + ", not " +
                                                   std::to_string(options_.dimensions));
    }
    const ConstMatrixView<T> rows(embeddings.data(), index(n), index(d));
    RowMajor<T> taught(index(n), index(options_.teacher_dimensions));
    std::copy_n(labels.teacher.data(), labels.teacher.size(), taught.data());
    teacher_.assign(taught);
    const ConstMatrixView<T> map(map_.value.data(), has_map_ ? taught.cols() : 0, rows.cols());
    if (has_map_) {
      student_.assign((rows * map.transpose()).eval());
    } else {
      student_.assign(rows);
    }
    cosine_ = static_cast<double>(student_.rows.cwiseProduct(teacher_.rows).sum()) /
              static_cast<double>(n);

    RowMajor<T> student_gradient = teacher_.rows / -static_cast<T>(n);
    student_.backward(student_gradient);
    gradient.resize(embeddings.shape());
    MatrixView<T> to(gradient.data(), rows.rows(), rows.cols());
    if (!has_map_) {
      to = student_gradient;
      return 1 - cosine_;
    }
    to.noalias() = student_gradient * map;
    MatrixView<T>(map_.gradient.data(), map.rows(), map.cols()).noalias() +=
        student_gradient.transpose() * rows;
    return 1 - cosine_;
  }

  LossFigures figures() const override { return {{"teacher cosine", cosine_}}; }

 private:
  DistillationOptions options_;
  bool has_map_;
  TrainableParameter<T> map_;
  UnitRows<T> teacher_;
  UnitRows<T> student_;
  double cosine_ = 0;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_distillation_loss(const DistillationOptions& options) {
  return std::make_unique<DistillationLoss<T>>(options);
}

template std::unique_ptr<Loss<float>> make_distillation_loss<float>(const DistillationOptions&);
template std::unique_ptr<Loss<double>> make_distillation_loss<double>(const DistillationOptions&);

}  // namespace visavis
