#pragma once

#include <vector>

#include "native/evaluation/model_comparison.h"
#include "native/report/report_figure.h"
#include "native/report/svg_det.h"

namespace visavis {

/// The DET curves of all models, with the reported FMRs and the shipped threshold marked.
std::vector<DetSeries> det_series(const ModelComparison& comparison);

/// The charts of an evaluation. Empty where there is nothing to draw.
std::vector<ReportFigure> det_figure(const ModelComparison& comparison);
/// Of each model the histograms of its distances, and FMR and FNMR against the threshold.
std::vector<ReportFigure> distance_figures(const ModelComparison& comparison);
/// Forest plots: groups of the protocol's people, and of strangers.
std::vector<ReportFigure> group_figures(const ModelComparison& comparison);
std::vector<ReportFigure> robustness_figure(const ModelComparison& comparison);

}  // namespace visavis
