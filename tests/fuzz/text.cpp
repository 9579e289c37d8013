#include "core/base/csv.h"
#include "core/drawing/pen_drawing.h"
#include "native/data/lfw_pairs.h"
#include "native/data/person_groups.h"
#include "tests/fuzz/command_answer.h"

/// Texts: a table, a list of pairs, attributes of people, a pen's path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using visavis::fuzz::accepted_by_command;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto records = accepted_by_command([&] {
    visavis::CsvReader reader(text, "a.csv");
    std::vector<std::vector<std::string>> all;
    while (auto record = reader.next()) all.push_back(*std::move(record));
    return all;
  });
  if (records) {
    std::string written;
    for (const auto& record : *records) {
      for (std::size_t i = 0; i < record.size(); ++i)
        written += (i > 0 ? "," : "") + visavis::csv_field(record[i]);
      written += '\n';
    }
    visavis::CsvReader reader(written, "written.csv");
    for (const auto& record : *records) {
      const bool is_blank = record.size() == 1 && record[0].empty();
      if (!is_blank && reader.next() != record)
        visavis::fuzz::finding("a record is read as another");
    }
  }
  accepted_by_command([&] { return visavis::parse_pairs(text, "pairs.txt"); });
  accepted_by_command([&] { return visavis::parse_person_table(text, "people.csv", {}); });
  accepted_by_command([&] { return visavis::parse_pen_drawing(text, "a.pen"); });
  return 0;
}
