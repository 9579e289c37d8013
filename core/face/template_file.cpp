#include "core/face/template_file.h"

#include "core/base/error.h"
#include "core/base/record.h"
#include "core/model/unit_embedding.h"

namespace visavis {
namespace {

constexpr std::uint32_t kTemplateVersion = 1;
constexpr RecordFormat kTemplateFormat = {{{'V', 'I', 'S', 'A', 'V', 'I', 'S', 'T'},
                                           kTemplateVersion,
                                           "face template",
                                           "; enrol the photo again"},
                                          {'V', 'V', 'T', 'P', 'L', 1, 0, 0}};

}  // namespace

bool is_template(std::span<const std::uint8_t> bytes) { return begins_as(kTemplateFormat, bytes); }

std::string template_bytes(const StoredTemplate& face_template) {
  const Embedding& embedding = face_template.embedding;
  require_unit_embedding(embedding, embedding.size(), "the template's embedding");
  RecordWriter record;
  record.text(face_template.model);
  record.floats(embedding);
  return sealed_record(kTemplateFormat, record);
}

StoredTemplate load_template(std::span<const std::uint8_t> bytes, const std::string& source) {
  RecordReader record = open_record(kTemplateFormat, bytes, source);
  StoredTemplate face_template;
  face_template.model = record.text();
  if (record.left() == 0 || record.left() % sizeof(float) != 0) {
    record.refuse("it is cut short or padded");
  }
  face_template.embedding = record.floats(record.left() / sizeof(float));
  require_unit_embedding(face_template.embedding, face_template.embedding.size(),
                         source + ": its embedding");
  return face_template;
}

}  // namespace visavis
