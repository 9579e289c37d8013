#include "native/training/losses/lstm.h"

#include "native/training/losses/random_rows.h"

namespace visavis {
namespace {

template <class T>
ConstMatrixView<T> matrix(const Array<T>& array) {
  return {array.data(), index(array.shape()[0]), index(array.shape()[1])};
}

}  // namespace

template <class T>
TrainableLstm<T>::TrainableLstm(const std::string& name, std::size_t inputs, std::size_t recurrent,
                                std::size_t units, std::uint64_t seed)
    : units_(units) {
  input_.set_up(name + ".input", {4 * units, inputs});
  recurrent_.set_up(name + ".recurrent", {4 * units, recurrent});
  bias_.set_up(name + ".bias", {4 * units});
  bias_.has_weight_decay = false;
  fill_random_rows(input_.value, seed);
  fill_random_rows(recurrent_.value, seed + 1);
  std::fill_n(bias_.value.data() + units, units, T(1));
}

template <class T>
LstmWeights<T> TrainableLstm<T>::weights() const {
  return {matrix(input_.value),
          matrix(recurrent_.value),
          {bias_.value.data(), index(bias_.value.size())}};
}

template <class T>
RowMajor<T> TrainableLstm<T>::forward(LstmTrace<T>& trace) const {
  trace.new_cell = trace.cell;
  trace.gates.resize(trace.inputs.rows(), index(4 * units_));
  return lstm_step(weights(), trace.inputs, trace.recurrent, trace.gates, trace.new_cell);
}

template <class T>
void TrainableLstm<T>::backward(const LstmTrace<T>& trace, const RowMajor<T>& hidden_gradient,
                                RowMajor<T>& cell_gradient, RowMajor<T>& inputs_gradient,
                                RowMajor<T>& recurrent_gradient) {
  const Eigen::Index h = index(units_);
  const auto in = trace.gates.leftCols(h).array();
  const auto forget = trace.gates.middleCols(h, h).array();
  const auto candidate = trace.gates.middleCols(2 * h, h).array();
  const auto out = trace.gates.rightCols(h).array();
  const RowMajor<T> squashed = trace.new_cell.array().tanh().matrix();
  // hidden = out * tanh(cell)
  cell_gradient.array() += hidden_gradient.array() * out * (T(1) - squashed.array().square());
  // cell = forget * cell before + in * candidate; then through sigmoid and tanh.
  RowMajor<T> slopes(trace.gates.rows(), 4 * h);
  slopes.leftCols(h) = (cell_gradient.array() * candidate * in * (T(1) - in)).matrix();
  slopes.middleCols(h, h) =
      (cell_gradient.array() * trace.cell.array() * forget * (T(1) - forget)).matrix();
  slopes.middleCols(2 * h, h) = (cell_gradient.array() * in * (T(1) - candidate.square())).matrix();
  slopes.rightCols(h) = (hidden_gradient.array() * squashed.array() * out * (T(1) - out)).matrix();
  cell_gradient.array() *= forget;

  const LstmWeights<T> w = weights();
  inputs_gradient.noalias() = slopes * w.input;
  recurrent_gradient.noalias() = slopes * w.recurrent;
  const auto add = [&](TrainableParameter<T>& parameter, const RowMajor<T>& read) {
    MatrixView<T>(parameter.gradient.data(), slopes.cols(), read.cols()).noalias() +=
        slopes.transpose() * read;
  };
  add(input_, trace.inputs);
  add(recurrent_, trace.recurrent);
  RowView<T>(bias_.gradient.data(), slopes.cols()) += slopes.colwise().sum();
}

template class TrainableLstm<float>;
template class TrainableLstm<double>;

}  // namespace visavis
