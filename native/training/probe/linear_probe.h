#pragma once

#include "core/model/model.h"
#include "native/training/probe/logistic_regression.h"

namespace visavis {

/// Makes an embedder a classifier (a linear probe: Alain and Bengio 2016, "Understanding
/// intermediate layers using linear classifier probes"): the network goes on to its embedding of
/// unit length and one more fully connected layer, a logit per class. Calibration and few-shot
/// head, which are of embeddings, go. Throws kInvalidArgument where the weights are of another
/// length than the embeddings.
void append_probe(Model& model, const LogisticRegression& regression);

}  // namespace visavis
