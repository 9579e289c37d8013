#include "native/data/lfw_pairs.h"

#include <algorithm>
#include <cstdio>

#include "core/base/csv.h"
#include "core/base/parse_number.h"
#include "native/system/text_lines.h"

namespace visavis {
namespace {

using Fields = std::vector<std::string>;

Fields split_at_blanks(std::string_view line) {
  Fields fields;
  std::size_t begin = 0;
  while ((begin = line.find_first_not_of("\t ", begin)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of("\t ", begin), line.size());
    fields.emplace_back(line.substr(begin, end - begin));
    begin = end;
  }
  return fields;
}

/// `reader`: LineReader or CsvReader.
template <class Reader>
int whole_number(const std::string& field, int least, const Reader& reader) {
  constexpr int kMax = 1'000'000'000;  // Twice as many pairs still are an int.
  const auto value = parse_whole_number<int>(field);
  if (!value || *value < least || *value > kMax) {
    reader.fail("'" + field + "' is no whole number from " + std::to_string(least) + " to " +
                std::to_string(kMax));
  }
  return *value;
}

std::string lfw_photo(const std::string& name, const std::string& number, const LineReader& lines) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "%04d", whole_number(number, 1, lines));
  return name + "/" + name + "_" + digits;
}

PhotoPair parse_lfw_pair(const Fields& fields, bool is_genuine, int fold, const LineReader& lines) {
  if (is_genuine) {
    if (fields.size() != 3) lines.fail("a matched pair must read: NAME NUMBER NUMBER");
    return {lfw_photo(fields[0], fields[1], lines), lfw_photo(fields[0], fields[2], lines), true,
            fold};
  }
  if (fields.size() != 4) lines.fail("a mismatched pair must read: NAME NUMBER NAME NUMBER");
  return {lfw_photo(fields[0], fields[1], lines), lfw_photo(fields[2], fields[3], lines), false,
          fold};
}

std::vector<PhotoPair> parse_lfw(const Fields& header, LineReader& lines) {
  const bool has_folds = header.size() == 2;
  const int folds = has_folds ? whole_number(header[0], 1, lines) : 1;
  const int per_block = whole_number(header.back(), 1, lines);
  std::vector<PhotoPair> pairs;
  for (int fold = 0; fold < folds; ++fold) {
    for (int i = 0; i < 2 * per_block; ++i) {
      const auto line = lines.next();
      if (!line) {
        lines.fail("the file ends after " + std::to_string(pairs.size()) +
                   " pairs, its first line promises " + std::to_string(2LL * folds * per_block));
      }
      pairs.push_back(
          parse_lfw_pair(split_at_blanks(*line), i < per_block, has_folds ? fold : -1, lines));
    }
  }
  if (lines.next()) lines.fail("more pairs than the first line promises");
  return pairs;
}

bool is_csv_header(const Fields& fields) {
  return fields == Fields{"a", "b", "same"} || fields == Fields{"a", "b", "same", "fold"};
}

std::vector<PhotoPair> parse_csv(const Fields& header, CsvReader& records) {
  const bool has_folds = header.size() == 4;
  std::vector<PhotoPair> pairs;
  while (const auto record = records.next()) {
    const Fields& fields = *record;
    if (fields.size() != header.size() || fields[0].empty() || fields[1].empty()) {
      records.fail(std::string("a line must read: ") + (has_folds ? "a,b,same,fold" : "a,b,same"));
    }
    if (fields[2] != "0" && fields[2] != "1") {
      records.fail("'same' must be 0 (different people) or 1 (one person), not '" + fields[2] +
                   "'");
    }
    pairs.push_back({fields[0], fields[1], fields[2] == "1",
                     has_folds ? whole_number(fields[3], 0, records) : -1});
  }
  if (pairs.empty()) records.fail("no pairs after the header");
  return pairs;
}

}  // namespace

std::vector<PhotoPair> parse_pairs(std::string_view text, const std::string& source) {
  CsvReader records(text, source);
  const auto csv = records.next();
  if (!csv) records.fail("the file of pairs is empty");
  if (is_csv_header(*csv)) return parse_csv(*csv, records);
  LineReader lines(text, source);
  const auto first = lines.next();
  if (!first) lines.fail("the file of pairs is empty");
  const Fields header = split_at_blanks(*first);
  const bool is_lfw = (header.size() == 1 || header.size() == 2) &&
                      header[0].find_first_not_of("0123456789") == std::string::npos;
  if (!is_lfw) {
    lines.fail("neither LFW's first line (\"10 300\" or \"500\") nor the header a,b,same[,fold]");
  }
  return parse_lfw(header, lines);
}

}  // namespace visavis
