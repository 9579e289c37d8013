#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/fewshot/lstm.h"
#include "native/training/layers/matrix.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// What the way back through one step needs, for n rows and h units.
template <class T>
struct LstmTrace {
  RowMajor<T> inputs;     // [n, inputs]
  RowMajor<T> recurrent;  // [n, recurrent inputs]
  RowMajor<T> gates;      // [n, 4 h], activated.
  RowMajor<T> cell;       // [n, h], before the step.
  RowMajor<T> new_cell;   // [n, h]
};

/// core/fewshot/lstm.h in training. Parameters: NAME.input, .recurrent, .bias. Weights start as
/// fill_random_rows makes them; the forget gate's bias at 1, so that the memory lasts (Jozefowicz
/// et al. 2015, section 2.1), the others at 0.
template <class T>
class TrainableLstm {
 public:
  TrainableLstm(const std::string& name, std::size_t inputs, std::size_t recurrent,
                std::size_t units, std::uint64_t seed);
  TrainableLstm(const TrainableLstm&) = delete;
  TrainableLstm& operator=(const TrainableLstm&) = delete;

  /// A step from trace.inputs, trace.recurrent and trace.cell, which the caller has set; fills in
  /// the rest. Returns the new hidden state [n, h].
  RowMajor<T> forward(LstmTrace<T>& trace) const;

  /// Takes d loss / d hidden state and d loss / d new cell (replaced by d loss / d cell before);
  /// writes d loss / d inputs and d loss / d recurrent; adds to the parameters' gradients.
  void backward(const LstmTrace<T>& trace, const RowMajor<T>& hidden_gradient,
                RowMajor<T>& cell_gradient, RowMajor<T>& inputs_gradient,
                RowMajor<T>& recurrent_gradient);

  std::vector<TrainableParameter<T>*> parameters() { return {&input_, &recurrent_, &bias_}; }

 private:
  [[nodiscard]] LstmWeights<T> weights() const;

  std::size_t units_;
  TrainableParameter<T> input_;
  TrainableParameter<T> recurrent_;
  TrainableParameter<T> bias_;
};

}  // namespace visavis
