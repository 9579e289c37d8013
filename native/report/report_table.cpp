#include "native/report/report_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/csv.h"
#include "native/report/html_page.h"

namespace visavis {
namespace {

struct Cell {
  std::string value;
  std::string remark;
};

Cell split_cell(const std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return {text, ""};
  return {text.substr(0, end), text.substr(end + 1)};
}

/// "value (remark)"
std::string in_one_line(const std::string& text) {
  const Cell cell = split_cell(text);
  return cell.remark.empty() ? cell.value : cell.value + " (" + cell.remark + ")";
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

std::string escaped_latex(const std::string& text) {
  std::string latex;
  for (const char c : text) {
    switch (c) {
      case '\\':
        latex += "\\textbackslash{}";
        break;
      case '~':
        latex += "\\textasciitilde{}";
        break;
      case '^':
        latex += "\\textasciicircum{}";
        break;
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        latex += '\\';
        [[fallthrough]];
      default:
        latex += c;
    }
  }
  return replaced(latex, "+-", "$\\pm$");
}

/// One cell after the other, what `form` makes of each, with `between` them.
template <class Form>
std::string joined(const std::vector<std::string>& cells, const std::string& between,
                   const Form& form) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i > 0 ? between : "") + form(cells[i]);
  return line;
}

std::string escaped_markdown(const std::string& text) {
  return replaced(in_one_line(text), "|", "\\|");
}

}  // namespace

std::string to_html(const ReportTable& table) {
  std::string html = "<table class=\"figures\"><tr>";
  for (const std::string& column : table.columns) html += "<th>" + escaped_html(column) + "</th>";
  html += "</tr>\n";
  for (const std::vector<std::string>& row : table.rows) {
    html += "<tr>";
    for (const std::string& text : row) {
      const Cell cell = split_cell(text);
      html += "<td>" + escaped_html(cell.value);
      if (!cell.remark.empty()) html += "<small>" + escaped_html(cell.remark) + "</small>";
      html += "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

std::string to_markdown(const ReportTable& table) {
  std::string text = table.caption + "\n\n";
  text += "| " + joined(table.columns, " | ", escaped_markdown) + " |\n|";
  for (std::size_t i = 0; i < table.columns.size(); ++i) text += "---|";
  text += '\n';
  for (const auto& row : table.rows) text += "| " + joined(row, " | ", escaped_markdown) + " |\n";
  return text;
}

std::string to_latex(const ReportTable& table) {
  const auto cell = [](const std::string& text) { return escaped_latex(in_one_line(text)); };
  std::string text = "\\begin{table}\n\\centering\n\\caption{" + escaped_latex(table.caption) +
                     "}\n\\begin{tabular}{l" + std::string(table.columns.size() - 1, 'r') +
                     "}\n\\toprule\n";
  text += joined(table.columns, " & ", cell) + " \\\\\n\\midrule\n";
  for (const auto& row : table.rows) text += joined(row, " & ", cell) + " \\\\\n";
  return text + "\\bottomrule\n\\end{tabular}\n\\end{table}\n";
}

std::string to_text(const ReportTable& table) {
  std::vector<std::size_t> widths;
  const auto measure = [&](const std::vector<std::string>& row) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Cell cell = split_cell(row[i]);
      widths[i] = std::max({widths[i], cell.value.size(), cell.remark.size()});
    }
  };
  measure(table.columns);
  for (const auto& row : table.rows) measure(row);
  const auto line = [&](const std::vector<std::string>& row, std::string Cell::*part) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += fmt::format("{:<{}}", split_cell(row[i]).*part, widths[i] + 2);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text.empty() ? text : text + "\n";
  };
  std::string text = line(table.columns, &Cell::value);
  for (const auto& row : table.rows) {
    text += line(row, &Cell::value) + line(row, &Cell::remark);
  }
  return text;
}

std::string to_csv(const ReportTable& table) {
  const auto cell = [](const std::string& text) { return csv_field(in_one_line(text)); };
  std::string csv = joined(table.columns, ",", cell) + "\n";
  for (const auto& row : table.rows) csv += joined(row, ",", cell) + "\n";
  return csv;
}

}  // namespace visavis
