#pragma once

#include "native/training/bench/bench_training.h"

namespace visavis {

/// Print on stdout what `visavis bench --train` measured. `product_flops` is the machine's peak of
/// a matrix product per second, by the fastest kernels measured.
void print_training_text(const TrainingBenchResult& result, double product_flops, bool with_layers);
void print_training_json(const TrainingBenchResult& result, double product_flops);

}  // namespace visavis
