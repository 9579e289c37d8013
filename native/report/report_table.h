#pragma once

#include <string>
#include <vector>

namespace visavis {

/// A table of a report, written once for all forms. All text is plain.
struct ReportTable {
  std::string id;  ///< Its file name in a folder of figures.
  std::string caption;
  std::vector<std::string> columns;  ///< Names; the first is that of the rows.
  /// Of as many cells as there are columns. In a cell what follows a line break is a remark: an
  /// interval, say.
  std::vector<std::vector<std::string>> rows;
};

std::string to_html(const ReportTable& table);
/// GitHub's tables, the caption above.
std::string to_markdown(const ReportTable& table);
/// A `table` of `booktabs`, in ASCII but for what the cells hold.
std::string to_latex(const ReportTable& table);
/// Columns padded with blanks, for a terminal; remarks in a line of their own below.
std::string to_text(const ReportTable& table);
std::string to_csv(const ReportTable& table);

}  // namespace visavis
