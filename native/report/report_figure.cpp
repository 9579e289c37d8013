#include "native/report/report_figure.h"

#include <fmt/format.h>

#include "native/report/html_page.h"
#include "native/report/page_style.h"
#include "native/system/atomic_file.h"
#include "native/system/base64.h"

namespace visavis {
namespace {

/// A link that saves `content` as a file.
std::string take_link(const std::string& file, const std::string& type, const std::string& label,
                      const std::string& content) {
  return fmt::format("<a download=\"{}\" href=\"data:{};base64,{}\">{}</a>", escaped_html(file),
                     type, base64(content), label);
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  write_file_atomically(file, [&](std::ostream& out) { out << text; });
}

}  // namespace

std::string html_figure(const ReportFigure& figure) {
  return html_card(escaped_html(figure.title), figure.note,
                   figure.svg + "<p class=\"take\">" +
                       take_link(figure.id + ".svg", "image/svg+xml", "SVG", lone_svg(figure)) +
                       take_link(figure.id + ".csv", "text/csv", "CSV", figure.csv) + "</p>");
}

std::string html_table_card(const ReportTable& table, const std::string& title,
                            const std::string& note) {
  return html_card(
      escaped_html(title), note,
      to_html(table) + "<p class=\"take\">" +
          take_link(table.id + ".md", "text/markdown", "Markdown", to_markdown(table)) +
          take_link(table.id + ".tex", "application/x-tex", "LaTeX", to_latex(table)) +
          take_link(table.id + ".csv", "text/csv", "CSV", to_csv(table)) + "</p>");
}

std::string lone_svg(const ReportFigure& figure) {
  const std::size_t end = figure.svg.find('>') + 1;
  std::string opening = figure.svg.substr(0, end);
  opening.insert(4, " xmlns=\"http://www.w3.org/2000/svg\"");
  return opening + "<style>" + lone_chart_style() + "</style>" + figure.svg.substr(end) + "\n";
}

void write_figures(const std::filesystem::path& folder, const std::vector<ReportFigure>& figures,
                   const std::vector<ReportTable>& tables) {
  std::filesystem::create_directories(folder);
  for (const ReportFigure& figure : figures) {
    write_text(folder / (figure.id + ".svg"), lone_svg(figure));
    write_text(folder / (figure.id + ".csv"), figure.csv);
  }
  for (const ReportTable& table : tables) {
    write_text(folder / (table.id + ".md"), to_markdown(table));
    write_text(folder / (table.id + ".tex"), to_latex(table));
    write_text(folder / (table.id + ".csv"), to_csv(table));
  }
}

}  // namespace visavis
