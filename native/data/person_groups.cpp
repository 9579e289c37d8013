#include "native/data/person_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

#include "core/base/csv.h"
#include "core/base/error.h"
#include "core/base/parse_number.h"

namespace visavis {
namespace {

/// More groups than this are no groups: the column holds names, or something measured.
constexpr std::size_t kMaxGroups = 50;

using Fields = std::vector<std::string>;

bool is_missing(std::string value) {
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 4> kMissing{"", "na", "n/a", "nan"};
  return std::find(kMissing.begin(), kMissing.end(), value) != kMissing.end();
}

std::size_t column_of(const Fields& header, const std::string& name, const CsvReader& lines) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) {
    lines.fail(
        fmt::format("there is no column '{}'; there are: {}", name, fmt::join(header, ", ")));
  }
  return static_cast<std::size_t>(found - header.begin());
}

std::vector<std::size_t> chosen_columns(const Fields& header, const PersonTableOptions& options,
                                        std::size_t id, const CsvReader& lines) {
  std::vector<std::size_t> columns;
  for (const std::string& name : options.columns) {
    const std::size_t column = column_of(header, name, lines);
    if (column == id) lines.fail("'" + name + "' is the column of ids; group by another");
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(column);
    }
  }
  for (std::size_t i = 0; options.columns.empty() && i < header.size(); ++i) {
    if (i != id) columns.push_back(i);
  }
  if (columns.empty()) lines.fail("there is no column beside the ids to group people by");
  return columns;
}

/// "20 and under", "over 20 to 35", .. "over 65"
std::string band_name(const std::vector<double>& bands, std::size_t band) {
  if (band == 0) return fmt::format("{:g} and under", bands.front());
  if (band == bands.size()) return fmt::format("over {:g}", bands.back());
  return fmt::format("over {:g} to {:g}", bands[band - 1], bands[band]);
}

std::size_t band_of(const std::vector<double>& bands, double value) {
  return static_cast<std::size_t>(std::lower_bound(bands.begin(), bands.end(), value) -
                                  bands.begin());
}

bool belongs_in_bands(const std::map<std::string, std::string>& value_of,
                      const std::vector<double>& bands) {
  bool any_above = false;
  for (const auto& [person, value] : value_of) {
    const auto number = parse_number(value);
    if (!number) return false;
    any_above = any_above || *number > bands.front();
  }
  return any_above;
}

/// Keeps the groups that somebody is in, in their order.
PersonAttribute with_groups(const std::string& name,
                            const std::map<std::string, std::size_t>& rank_of,
                            const std::map<std::size_t, std::string>& name_of) {
  PersonAttribute attribute{name, {}, {}};
  std::map<std::size_t, std::size_t> place_of;
  for (const auto& [rank, group] : name_of) {
    place_of.emplace(rank, attribute.groups.size());
    attribute.groups.push_back(group);
  }
  for (const auto& [person, rank] : rank_of) attribute.group_of.emplace(person, place_of.at(rank));
  return attribute;
}

PersonAttribute group_people(const std::string& name,
                             const std::map<std::string, std::string>& value_of,
                             const std::vector<double>& bands) {
  std::map<std::string, std::size_t> rank_of;
  std::map<std::size_t, std::string> name_of;
  if (belongs_in_bands(value_of, bands)) {
    for (const auto& [person, value] : value_of) {
      const std::size_t band = band_of(bands, *parse_number(value));
      rank_of.emplace(person, band);
      name_of.emplace(band, band_name(bands, band));
    }
    return with_groups(name, rank_of, name_of);
  }
  std::set<std::string> values;
  for (const auto& [person, value] : value_of) values.insert(value);
  for (const auto& [person, value] : value_of) {
    const auto rank = static_cast<std::size_t>(std::distance(values.begin(), values.find(value)));
    rank_of.emplace(person, rank);
    name_of.emplace(rank, value);
  }
  return with_groups(name, rank_of, name_of);
}

void check_bands(const std::vector<double>& bands) {
  const bool rise =
      std::adjacent_find(bands.begin(), bands.end(), std::greater_equal<>()) == bands.end();
  if (!bands.empty() && rise) return;
  throw Error(ErrorCode::kInvalidArgument,
              "the bands that numbers are put into must be told by rising numbers, as 20,35,50,65");
}

}  // namespace

PersonTable parse_person_table(std::string_view text, const std::string& source,
                               const PersonTableOptions& options) {
  check_bands(options.bands);
  CsvReader lines(text, source);
  const auto first = lines.next();
  if (!first) lines.fail("the table of people is empty");
  const Fields& header = *first;
  const std::size_t id =
      options.id_column.empty() ? 0 : column_of(header, options.id_column, lines);
  const std::vector<std::size_t> columns = chosen_columns(header, options, id, lines);
  PersonTable table{source, {}, {}};
  std::vector<std::map<std::string, std::string>> values(columns.size());
  while (const auto record = lines.next()) {
    const Fields& fields = *record;
    if (fields.size() != header.size()) {
      lines.fail(fmt::format("{} fields where the header has {}", fields.size(), header.size()));
    }
    if (fields[id].empty()) lines.fail("no id in column '" + header[id] + "'");
    if (!table.people.insert(fields[id]).second) {
      lines.fail("'" + fields[id] + "' has a row already; a person has one");
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& value = fields[columns[i]];
      if (!is_missing(value)) values[i].emplace(fields[id], value);
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string& name = header[columns[i]];
    if (values[i].empty()) lines.fail("column '" + name + "' tells nothing of anybody");
    table.attributes.push_back(group_people(name, values[i], options.bands));
    if (table.attributes.back().groups.size() > kMaxGroups) {
      lines.fail(
          fmt::format("column '{}' has {} different values, more than the {} that can be "
                      "groups; say which columns to group by (--group-by)",
                      name, table.attributes.back().groups.size(), kMaxGroups));
    }
  }
  return table;
}

void leave_out_groups(PersonTable& table, const std::string& left_out) {
  const std::size_t sign = left_out.find('=');
  const std::string column = left_out.substr(0, sign);
  const auto attribute =
      std::find_if(table.attributes.begin(), table.attributes.end(),
                   [&](const PersonAttribute& one) { return one.name == column; });
  if (sign == std::string::npos || attribute == table.attributes.end()) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("'{}' names no groups to leave out of {}; give COLUMN=GROUP,GROUP",
                            left_out, table.source));
  }
  std::set<std::size_t> places;
  std::istringstream names(left_out.substr(sign + 1));
  for (std::string name; std::getline(names, name, ',');) {
    const auto found = std::find(attribute->groups.begin(), attribute->groups.end(), name);
    if (found == attribute->groups.end()) {
      throw Error(ErrorCode::kInvalidArgument,
                  fmt::format("{}: column '{}' has no group '{}'; there are: {}", table.source,
                              column, name, fmt::join(attribute->groups, ", ")));
    }
    places.insert(static_cast<std::size_t>(found - attribute->groups.begin()));
  }
  const std::map<std::string, std::size_t> group_of = attribute->group_of;
  table.attributes.erase(attribute);
  for (const auto& [person, place] : group_of) {
    if (places.count(place) == 0) continue;
    for (PersonAttribute& other : table.attributes) other.group_of.erase(person);
  }
}

std::optional<std::string> groups_of(const PersonTable& table, const std::string& person) {
  std::string name;
  for (const PersonAttribute& attribute : table.attributes) {
    const auto found = attribute.group_of.find(person);
    if (found == attribute.group_of.end()) return std::nullopt;
    name += (name.empty() ? "" : " ") + attribute.groups[found->second];
  }
  return name;
}

void check_people_have_rows(const PersonTable& table, const std::vector<PhotoRef>& photos) {
  for (const PhotoRef& photo : photos) {
    const std::string& name = photo.dataset->images()[photo.image];
    if (table.people.contains(identity_of(name))) continue;
    throw Error(
        ErrorCode::kInvalidArgument,
        fmt::format("{}: no row for '{}', whose photo {} is compared; add one, with empty fields "
                    "where nothing is known",
                    table.source, identity_of(name), name));
  }
}

void check_person_table(const PersonTable& table, const Protocol& protocol,
                        const std::vector<const Dataset*>& datasets) {
  check_people_have_rows(table, protocol.photos);
  std::set<std::string> photographed;
  for (const Dataset* dataset : datasets) {
    for (const std::string& name : dataset->images()) photographed.insert(identity_of(name));
  }
  const auto absent = std::find_if(table.people.begin(), table.people.end(),
                                   [&](const auto& id) { return !photographed.contains(id); });
  if (absent != table.people.end()) {
    throw Error(
        ErrorCode::kInvalidArgument,
        table.source + ": no photo of '" + *absent +
            "', who has a row; the ids must be those of the photos' folders, or of their names up "
            "to the first '_'");
  }
}

}  // namespace visavis
