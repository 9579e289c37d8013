#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "native/report/report_table.h"

namespace visavis {

/// A chart of a report with the numbers behind it.
struct ReportFigure {
  std::string id;     ///< Its file name in a folder of figures: "det".
  std::string title;  ///< Plain text.
  std::string note;   ///< HTML.
  std::string svg;    ///< As the charts of this room make it.
  std::string csv;
};

/// A panel with the chart, and links that hand it out as SVG and CSV (data URIs: the page needs no
/// other file).
std::string html_figure(const ReportFigure& figure);

/// A panel with the table, and links that hand it out as Markdown, LaTeX and CSV. `note` is HTML.
std::string html_table_card(const ReportTable& table, const std::string& title,
                            const std::string& note);

/// The chart as a file of its own, in light colours, with its style inside.
std::string lone_svg(const ReportFigure& figure);

/// Writes ID.svg and ID.csv of each figure, ID.md, ID.tex and ID.csv of each table into the folder,
/// which is made where it is missing. Each file atomic; throws kIo.
void write_figures(const std::filesystem::path& folder, const std::vector<ReportFigure>& figures,
                   const std::vector<ReportTable>& tables);

}  // namespace visavis
