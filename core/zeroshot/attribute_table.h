#pragma once

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace visavis {

/// Classes described by numbers, from which zero-shot learning tells them without examples.
struct AttributeTable {
  std::vector<std::string> attributes;
  std::vector<std::string> classes;
  std::vector<float> values;  ///< Row by row: classes x attributes.

  [[nodiscard]] const float* row(std::size_t class_index) const {
    return values.data() + class_index * attributes.size();
  }
  /// The class of that name; else the only one whose name `name` ends in at a '/', so that
  /// "images/Latin/character01" finds "Latin/character01". Nothing when there is none.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
};

/// Throws kInvalidArgument, naming `source` and the place: no class, no attribute, a name that is
/// empty or given twice, values not classes x attributes of them, NaN or infinity.
void check_attribute_table(const AttributeTable& table, const std::string& source);

/// Reads CSV (RFC 4180, fields in double quotes too): a header "class,ATTRIBUTE,..", then a line
/// per class. Empty lines are skipped. Throws kInvalidArgument naming `source` and the line: a
/// header that does not begin with "class", a line of another length than the header's, a value
/// that is no number; and as check_attribute_table does.
AttributeTable parse_attribute_csv(std::string_view text, const std::string& source);

/// The table as CSV. parse_attribute_csv reads the same floats back. Throws as
/// check_attribute_table does.
void write_attribute_csv(const AttributeTable& table, std::ostream& out);

/// The classes at `rows` (indices, each below classes.size()), in that order. Checks nothing.
AttributeTable rows_of(const AttributeTable& table, const std::vector<std::size_t>& rows);

/// Throws kInvalidArgument naming the first difference, unless the table's attributes are
/// `expected`, in that order.
void require_attributes(const AttributeTable& table, const std::vector<std::string>& expected,
                        const std::string& source);

}  // namespace visavis
