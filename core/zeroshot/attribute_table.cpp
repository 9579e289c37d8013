#include "core/zeroshot/attribute_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unordered_set>
#include <utility>

#include "core/base/csv.h"
#include "core/base/error.h"
#include "core/base/parse_number.h"

namespace visavis {
namespace {

void check_names(const std::vector<std::string>& names, const std::string& what,
                 const std::string& source) {
  if (names.empty()) refuse(source, "no " + what + "; at least one is needed");
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names) {
    if (name.empty()) refuse(source, "a " + what + " without a name");
    if (!seen.insert(name).second) {
      refuse(source, what + " '" + name + "' is given twice; keep one of them");
    }
  }
}

float parse_value(const std::string& field, const std::string& attribute, const CsvReader& reader) {
  const auto first = field.find_first_not_of(' ');
  const auto last = field.find_last_not_of(' ');
  const std::optional<double> parsed =
      first == std::string::npos
          ? std::nullopt
          : parse_number(std::string_view(field).substr(first, last + 1 - first));
  if (!parsed) {
    reader.fail("'" + field.substr(0, 40) + "' is no finite number (attribute '" + attribute +
                "')");
  }
  const auto value = static_cast<float>(*parsed);
  if (!std::isfinite(value)) {
    reader.fail("attribute '" + attribute + "' is " + number_text(*parsed) +
                ", beyond what a single-precision number holds");
  }
  return value;
}

}  // namespace

std::optional<std::size_t> AttributeTable::find(std::string_view name) const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const std::string_view tail = classes[i];
    if (tail == name) return i;
    if (!name.ends_with(tail) || name[name.size() - tail.size() - 1] != '/') continue;
    // The longer of two tails tells more: "b/c" rather than "c".
    if (!found || classes[*found].size() < tail.size()) found = i;
  }
  return found;
}

void check_attribute_table(const AttributeTable& table, const std::string& source) {
  check_names(table.classes, "class", source);
  check_names(table.attributes, "attribute", source);
  const std::size_t columns = table.attributes.size();
  if (table.values.size() != table.classes.size() * columns) {
    refuse(source, std::to_string(table.values.size()) + " values for " +
                       std::to_string(table.classes.size()) + " classes of " +
                       std::to_string(columns) + " attributes");
  }
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    if (std::isfinite(table.values[i])) continue;
    refuse(source, "class '" + table.classes[i / columns] + "': attribute '" +
                       table.attributes[i % columns] + "' is not finite");
  }
}

AttributeTable parse_attribute_csv(std::string_view text, const std::string& source) {
  CsvReader reader(text, source);
  const auto header = reader.next();
  if (!header) refuse(source, "is empty; a header class,ATTRIBUTE,.. is expected");
  if (header->front() != "class") {
    reader.fail("the header begins with '" + header->front().substr(0, 40) +
                "'; its first column must be 'class'");
  }
  AttributeTable table;
  table.attributes.assign(header->begin() + 1, header->end());
  while (auto fields = reader.next()) {
    if (fields->size() != header->size()) {
      reader.fail(std::to_string(fields->size()) + " fields, the header has " +
                  std::to_string(header->size()));
    }
    for (std::size_t i = 1; i < fields->size(); ++i) {
      table.values.push_back(parse_value((*fields)[i], table.attributes[i - 1], reader));
    }
    table.classes.push_back(std::move(fields->front()));
  }
  check_attribute_table(table, source);
  return table;
}

void write_attribute_csv(const AttributeTable& table, std::ostream& out) {
  check_attribute_table(table, "attribute table");
  out << "class";
  for (const std::string& name : table.attributes) out << ',' << csv_field(name);
  out << '\n';
  for (std::size_t c = 0; c < table.classes.size(); ++c) {
    out << csv_field(table.classes[c]);
    for (std::size_t a = 0; a < table.attributes.size(); ++a) {
      char text[32];  // Nine digits read back as the same float.
      std::snprintf(text, sizeof text, ",%.9g", static_cast<double>(table.row(c)[a]));
      out << text;
    }
    out << '\n';
  }
}

AttributeTable rows_of(const AttributeTable& table, const std::vector<std::size_t>& rows) {
  AttributeTable part;
  part.attributes = table.attributes;
  for (const std::size_t row : rows) {
    part.classes.push_back(table.classes[row]);
    part.values.insert(part.values.end(), table.row(row), table.row(row) + table.attributes.size());
  }
  return part;
}

void require_attributes(const AttributeTable& table, const std::vector<std::string>& expected,
                        const std::string& source) {
  for (std::size_t i = 0; i < std::min(expected.size(), table.attributes.size()); ++i) {
    if (expected[i] == table.attributes[i]) continue;
    refuse(source, "attribute " + std::to_string(i + 1) + " is '" + table.attributes[i] +
                       "', the zero-shot model was trained with '" + expected[i] +
                       "'; describe with the same attributes");
  }
  if (expected.size() != table.attributes.size()) {
    refuse(source, std::to_string(table.attributes.size()) +
                       " attributes, the zero-shot model was trained with " +
                       std::to_string(expected.size()));
  }
}

}  // namespace visavis
