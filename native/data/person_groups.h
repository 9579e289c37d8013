#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "native/data/dataset.h"
#include "native/data/protocol.h"

namespace visavis {

/// One column of a table of people: who belongs to which group. A value that is missing ("", "NA",
/// "N/A", "nan") puts a person into none.
struct PersonAttribute {
  std::string name;                             ///< "face_gender"
  std::vector<std::string> groups;              ///< Sorted; bands by their numbers.
  std::map<std::string, std::size_t> group_of;  ///< Identity to place in `groups`.
};

struct PersonTable {
  std::string source;
  std::set<std::string> people;
  std::vector<PersonAttribute> attributes;
};

struct PersonTableOptions {
  std::string id_column;             ///< Empty: the first. Holds what identity_of gives.
  std::vector<std::string> columns;  ///< Empty: all others.
  /// Upper ends of the bands that numbers are put into, rising; the last band has none. The
  /// default ones are those of ages in NIST FRVT part 3 (Grother et al. 2019, NISTIR 8280).
  std::vector<double> bands = {20, 35, 50, 65};
};

/// Reads a CSV with a header: an id column, attributes beside it. A column of numbers is put into
/// bands, unless none is above the first band: then they are names of groups, such as 0 and 1.
/// Throws kInvalidArgument with `source` and the line for a column that is not there, a line of
/// another length, an id that is missing or comes twice, a column without any value or with more
/// than 50 groups, and bands that do not rise.
PersonTable parse_person_table(std::string_view text, const std::string& source,
                               const PersonTableOptions& options);

/// Takes everybody of the named groups of one column out of all groups; the column itself goes.
/// `left_out` as COLUMN=GROUP,GROUP: "age=0-2,3-9,10-19". Throws kInvalidArgument for a column or
/// group that is not there, naming those that are.
void leave_out_groups(PersonTable& table, const std::string& left_out);

/// The person's groups in all columns, "black female"; nothing for somebody who is in none of one
/// column's.
std::optional<std::string> groups_of(const PersonTable& table, const std::string& person);

/// Throws kInvalidArgument, naming the first, where somebody on the photos has no row in the table.
void check_people_have_rows(const PersonTable& table, const std::vector<PhotoRef>& photos);

/// check_people_have_rows of the protocol's photos; throws kInvalidArgument, too, where a row has
/// no photo in any of the datasets.
void check_person_table(const PersonTable& table, const Protocol& protocol,
                        const std::vector<const Dataset*>& datasets);

}  // namespace visavis
