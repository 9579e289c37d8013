#include "core/fewshot/support_file.h"

#include <algorithm>
#include <utility>

#include "core/base/envelope.h"
#include "core/base/error.h"
#include "core/base/record.h"
#include "core/model/unit_embedding.h"

namespace visavis {
namespace {

constexpr std::uint32_t kSupportVersion = 1;
constexpr RecordFormat kSupportFormat = {{{'V', 'I', 'S', 'A', 'V', 'I', 'S', 'F'},
                                          kSupportVersion,
                                          "support set",
                                          "; make it again from the examples"},
                                         {'V', 'V', 'S', 'U', 'P', 1, 0, 0}};

void require_unit_rows(std::span<const float> rows, std::size_t length, const std::string& what) {
  for (; !rows.empty(); rows = rows.subspan(length)) {
    require_unit_embedding(rows.first(length), length, what);
  }
}

void read_class(RecordReader& record, SupportSet& set, const std::string& source) {
  const std::string name = record.text();
  const std::uint64_t examples = record.number();
  if (examples == 0) record.refuse("the class '" + name + "' has no examples");
  // Both are below 2^32, so that the product fits.
  const std::vector<float> rows = record.floats(examples * set.embedding_length());
  try {
    require_unit_rows(rows, set.embedding_length(), "an embedding of '" + name + "'");
    set.add_class(name, rows);
  } catch (const Error& error) {
    refuse(on_one_line(source + ": " + error.what()));
  }
}

}  // namespace

bool is_support(std::span<const std::uint8_t> bytes) { return begins_as(kSupportFormat, bytes); }

std::string support_bytes(const std::string& model, const SupportSet& set) {
  const std::size_t length = set.embedding_length();
  RecordWriter record;
  record.text(model);
  record.number(static_cast<std::uint32_t>(length));
  record.number(static_cast<std::uint32_t>(set.classes().size()));
  for (const SupportClass& entry : set.classes()) {
    const auto rows = set.rows().subspan(entry.first * length, entry.shots * length);
    require_unit_rows(rows, length, on_one_line("an embedding of '" + entry.name + "'"));
    record.text(entry.name);
    record.number(static_cast<std::uint32_t>(entry.shots));
    record.floats(rows);
  }
  return sealed_record(kSupportFormat, record);
}

StoredSupport load_support(std::span<const std::uint8_t> bytes, const std::string& source) {
  RecordReader record = open_record(kSupportFormat, bytes, source);
  std::string model = record.text();
  const std::uint32_t length = record.number();
  const std::uint32_t classes = record.number();
  if (length == 0 && classes > 0) record.refuse("its embeddings have no numbers");
  // Without classes any length will do; the package wrote 0 then.
  SupportSet set(std::max(length, 1U));
  for (std::uint32_t i = 0; i < classes; ++i) read_class(record, set, source);
  if (record.left() > 0) record.refuse("bytes are left over");
  return {std::move(model), std::move(set)};
}

}  // namespace visavis
