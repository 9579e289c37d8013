#include "native/training/losses/trainable_full_context.h"

namespace visavis {
namespace {

/// The row that is the `step`-th of a walk.
Eigen::Index row_of(std::size_t step, std::size_t rows, bool is_backward) {
  return index(is_backward ? rows - 1 - step : step);
}

}  // namespace

template <class T>
TrainableFullContext<T>::TrainableFullContext(std::size_t length, int steps, std::uint64_t seed)
    : length_(length),
      forward_("context.forward", length, length, length, seed),
      backward_("context.backward", length, length, length, seed + 2),
      attention_("context.attention", length, 2 * length, length, seed + 4),
      reads_(static_cast<std::size_t>(steps)) {}

template <class T>
std::vector<TrainableParameter<T>*> TrainableFullContext<T>::parameters() {
  std::vector<TrainableParameter<T>*> all;
  for (TrainableLstm<T>* lstm : {&forward_, &backward_, &attention_}) {
    const std::vector<TrainableParameter<T>*> some = lstm->parameters();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

template <class T>
void TrainableFullContext<T>::forward(const RowMajor<T>& support, const RowMajor<T>& queries) {
  support_ = support;
  walk(forward_, support, false, forward_traces_);
  walk(backward_, support, true, backward_traces_);
  queries_ = queries;
  reads_.front().lstm.cell = RowMajor<T>::Zero(queries.rows(), queries.cols());
  for (std::size_t step = 0; step < reads_.size(); ++step) {
    if (step > 0) reads_[step].lstm.cell = reads_[step - 1].lstm.new_cell;
    read(reads_[step], queries);
  }
}

/// Adds the hidden states to support_.
template <class T>
void TrainableFullContext<T>::walk(const TrainableLstm<T>& lstm, const RowMajor<T>& support,
                                   bool is_backward, std::vector<LstmTrace<T>>& traces) {
  const auto rows = static_cast<std::size_t>(support.rows());
  traces.resize(rows);
  RowMajor<T> hidden = RowMajor<T>::Zero(1, support.cols());
  traces.front().cell = hidden;
  for (std::size_t step = 0; step < rows; ++step) {
    const Eigen::Index i = row_of(step, rows, is_backward);
    LstmTrace<T>& trace = traces[step];
    trace.inputs = support.row(i);
    trace.recurrent = hidden;
    if (step > 0) trace.cell = traces[step - 1].new_cell;
    hidden = lstm.forward(trace);
    support_.row(i) += hidden;
  }
}

/// One step of queries_, the hidden state, over the support in context.
template <class T>
void TrainableFullContext<T>::read(Read& read, const RowMajor<T>& queries) {
  const Eigen::Index d = index(length_);
  read.attention.noalias() = queries_ * support_.transpose();
  softmax_rows(read.attention);
  read.lstm.inputs = queries;
  read.lstm.recurrent.resize(queries.rows(), 2 * d);
  read.lstm.recurrent.leftCols(d) = queries_;
  read.lstm.recurrent.rightCols(d).noalias() = read.attention * support_;
  queries_ = attention_.forward(read.lstm) + queries;
}

template <class T>
void TrainableFullContext<T>::backward(RowMajor<T>& support_gradient, RowMajor<T>& query_gradient) {
  RowMajor<T> hidden_gradient = query_gradient;
  query_gradient.setZero();
  RowMajor<T> cell_gradient = RowMajor<T>::Zero(hidden_gradient.rows(), hidden_gradient.cols());
  for (std::size_t step = reads_.size(); step-- > 0;) {
    read_back(reads_[step], hidden_gradient, cell_gradient, support_gradient, query_gradient);
  }
  query_gradient += hidden_gradient;  // The first hidden state was the query itself.

  const RowMajor<T> in_context = support_gradient;
  walk_back(forward_, false, forward_traces_, in_context, support_gradient);
  walk_back(backward_, true, backward_traces_, in_context, support_gradient);
}

/// hidden_gradient: of the state after the step on entry, before it on return.
template <class T>
void TrainableFullContext<T>::read_back(const Read& read, RowMajor<T>& hidden_gradient,
                                        RowMajor<T>& cell_gradient, RowMajor<T>& support_gradient,
                                        RowMajor<T>& query_gradient) {
  const Eigen::Index d = index(length_);
  query_gradient += hidden_gradient;  // The query is added to each hidden state.
  RowMajor<T> inputs_gradient;
  RowMajor<T> recurrent_gradient;
  attention_.backward(read.lstm, hidden_gradient, cell_gradient, inputs_gradient,
                      recurrent_gradient);
  query_gradient += inputs_gradient;
  hidden_gradient = recurrent_gradient.leftCols(d);
  // What was read is attention * support, attention the softmax of hidden * support.
  const RowMajor<T> read_gradient = recurrent_gradient.rightCols(d);
  support_gradient.noalias() += read.attention.transpose() * read_gradient;
  RowMajor<T> slopes = read_gradient * support_.transpose();
  for (Eigen::Index q = 0; q < slopes.rows(); ++q) {
    const T mean = slopes.row(q).dot(read.attention.row(q));
    slopes.row(q) =
        ((slopes.row(q).array() - mean) * read.attention.row(q).array()).matrix().eval();
  }
  hidden_gradient.noalias() += slopes * support_;
  support_gradient.noalias() += slopes.transpose() * read.lstm.recurrent.leftCols(d);
}

/// Adds what the walk's inputs get to `gradient`, which holds the embeddings' own already.
template <class T>
void TrainableFullContext<T>::walk_back(TrainableLstm<T>& lstm, bool is_backward,
                                        const std::vector<LstmTrace<T>>& traces,
                                        const RowMajor<T>& hidden_gradients,
                                        RowMajor<T>& gradient) {
  RowMajor<T> from_next = RowMajor<T>::Zero(1, index(length_));
  RowMajor<T> cell_gradient = from_next;
  RowMajor<T> inputs_gradient;
  for (std::size_t step = traces.size(); step-- > 0;) {
    const Eigen::Index i = row_of(step, traces.size(), is_backward);
    const RowMajor<T> hidden_gradient = hidden_gradients.row(i) + from_next;
    lstm.backward(traces[step], hidden_gradient, cell_gradient, inputs_gradient, from_next);
    gradient.row(i) += inputs_gradient;
  }
}

template class TrainableFullContext<float>;
template class TrainableFullContext<double>;

}  // namespace visavis
