#include "native/training/log/training_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "core/base/error.h"

namespace visavis {
namespace {

constexpr std::array<std::string_view, 3> kFixedColumns = {"step", "epoch", "seconds"};

std::string as_text(double value) {
  if (std::isnan(value)) return "nan";  // Whatever its sign bit.
  std::array<char, 32> buffer{};
  const auto [end, status] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

Error corrupt(std::size_t line, const std::string& problem) {
  return {ErrorCode::kModelCorrupt, "line " + std::to_string(line) + " of the training log: " +
                                        problem + "; resume from another checkpoint"};
}

template <class T>
T as_number(std::string_view text, std::string_view column, std::size_t line) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc() || stop != end) {
    throw corrupt(
        line, "'" + std::string(text) + "' in column '" + std::string(column) + "' is no number");
  }
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

LogRow parse_row(const std::vector<std::string_view>& columns, std::string_view text,
                 std::size_t line) {
  const std::vector<std::string_view> fields = split(text, ',');
  if (fields.size() != columns.size()) {
    throw corrupt(line, std::to_string(fields.size()) + " fields where the header has " +
                            std::to_string(columns.size()));
  }
  LogRow row;
  row.step = as_number<std::uint64_t>(fields[0], columns[0], line);
  row.epoch = as_number<double>(fields[1], columns[1], line);
  row.seconds = as_number<double>(fields[2], columns[2], line);
  for (std::size_t i = kFixedColumns.size(); i < fields.size(); ++i) {
    if (fields[i].empty()) continue;
    row.figures.emplace(columns[i], as_number<double>(fields[i], columns[i], line));
  }
  return row;
}

/// A name that stands in a CSV unquoted and is not one of the columns every row has.
bool is_figure_name(std::string_view name) {
  const bool is_fixed =
      std::find(kFixedColumns.begin(), kFixedColumns.end(), name) != kFixedColumns.end();
  return !name.empty() && !is_fixed && std::none_of(name.begin(), name.end(), [](char c) {
    return c == ',' || c == '"' || static_cast<unsigned char>(c) < ' ';
  });
}

std::vector<std::string_view> parse_header(std::string_view text) {
  std::vector<std::string_view> columns = split(text, ',');
  if (columns.size() < kFixedColumns.size() ||
      !std::equal(kFixedColumns.begin(), kFixedColumns.end(), columns.begin())) {
    throw corrupt(1, "the header does not begin with step,epoch,seconds");
  }
  for (std::size_t i = kFixedColumns.size(); i < columns.size(); ++i) {
    if (!is_figure_name(columns[i]) ||
        std::find(columns.begin() + static_cast<std::ptrdiff_t>(i) + 1, columns.end(),
                  columns[i]) != columns.end()) {
      throw corrupt(1, "column " + std::to_string(i + 1) + " has no name of its own");
    }
  }
  return columns;
}

}  // namespace

bool append_new_columns(std::vector<std::string>& columns, const LogRow& row) {
  const std::size_t before = columns.size();
  for (const auto& [name, value] : row.figures) {
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  }
  return columns.size() > before;
}

std::string csv_header(const std::vector<std::string>& columns) {
  std::string text = "step,epoch,seconds";
  for (const std::string& column : columns) text += "," + column;
  return text + "\n";
}

std::string csv_line(const LogRow& row, const std::vector<std::string>& columns) {
  std::string text =
      std::to_string(row.step) + "," + as_text(row.epoch) + "," + as_text(row.seconds);
  for (const std::string& column : columns) {
    const auto figure = row.figures.find(column);
    text += "," + (figure == row.figures.end() ? std::string() : as_text(figure->second));
  }
  return text + "\n";
}

void check_figure_names(const LogRow& row) {
  for (const auto& [name, value] : row.figures) {
    if (is_figure_name(name)) continue;
    std::string shown = name;
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; },
        '?');
    throw Error(ErrorCode::kInvalidArgument,
                "the training log cannot have a figure named '" + shown +
                    "'; leave out commas, quotes, control characters, and step, epoch, seconds");
  }
}

std::vector<LogRow> parse_training_csv(const std::string& csv) {
  std::vector<LogRow> rows;
  if (csv.empty()) return rows;
  if (csv.back() != '\n') throw corrupt(1, "it ends within a line");
  std::vector<std::string_view> lines = split(csv, '\n');
  lines.pop_back();  // What follows the last line's end.
  const std::vector<std::string_view> columns = parse_header(lines[0]);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    rows.push_back(parse_row(columns, lines[i], i + 1));
  }
  return rows;
}

}  // namespace visavis
