#pragma once

#include <string>

namespace visavis {

/// The style sheet of a report: light or dark as the reader's system is, on paper always light and
/// laid out for A4.
std::string page_style();

/// The rules for charts alone, in light colours and without CSS variables, which many programs that
/// draw SVG do not know: for a chart in a file of its own.
std::string lone_chart_style();

}  // namespace visavis
