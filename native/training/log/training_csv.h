#pragma once

#include <string>
#include <vector>

#include "native/training/log/log_row.h"

namespace visavis {

/// Columns of figures in order of first appearance, so that a file only ever grows to the right:
/// appends names of `row` that are new. True when there were any.
bool append_new_columns(std::vector<std::string>& columns, const LogRow& row);

/// "step,epoch,seconds,<columns>" and a line's end.
std::string csv_header(const std::vector<std::string>& columns);

/// A line. Numbers have the digits that read back the same double; a figure the row lacks is empty.
std::string csv_line(const LogRow& row, const std::vector<std::string>& columns);

/// Throws kInvalidArgument for a name of a figure that a column cannot have.
void check_figure_names(const LogRow& row);

/// Reads TrainingLog::csv() back, every number to the bit; an empty text is an empty log. Throws
/// kModelCorrupt, naming the line.
std::vector<LogRow> parse_training_csv(const std::string& csv);

}  // namespace visavis
