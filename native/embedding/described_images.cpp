#include "native/embedding/described_images.h"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

#include "core/base/error.h"
#include "native/data/left_out.h"
#include "native/data/training_data.h"
#include "native/system/atomic_file.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxTableBytes = 256U << 20U;

/// Of every identity: its row of the table.
std::vector<std::size_t> rows_of(const TrainingData& data, const AttributeTable& table,
                                 const std::string& table_source) {
  std::vector<std::size_t> rows;
  for (const std::string& identity : data.identities) {
    const auto row = table.find(valid_utf8(identity));
    if (!row) {
      throw Error(ErrorCode::kInvalidArgument, table_source + ": the class '" + identity +
                                                   "' of the images is not described; add a line "
                                                   "for it");
    }
    rows.push_back(*row);
  }
  return rows;
}

}  // namespace

DescribedImages embed_described(const ImageFeatures& features, const AttributeTable& table,
                                const std::string& table_source,
                                const DescribedImagesOptions& options, ProgressSink& progress) {
  std::vector<DataSource> sources;
  for (const std::string& location : options.data) sources.push_back({location});
  const TrainingData data = list_training_data(sources);
  say_left_out(progress, data.left_out);
  const std::vector<std::size_t> rows = rows_of(data, table, table_source);
  DescribedImages images;
  std::vector<PhotoRef> photos;
  for (std::size_t i = 0; i < data.photos.size(); ++i) {
    const TrainingPhoto& photo = data.photos[i];
    const Dataset& dataset = data.datasets[photo.source];
    const std::string stem = std::filesystem::path(dataset.images()[photo.image]).stem().string();
    if (!options.leave_out.empty() && stem.ends_with(options.leave_out)) continue;
    photos.push_back({&dataset, photo.image});
    images.names.push_back(data.name(i));
    images.label.push_back(rows[static_cast<std::size_t>(photo.identity)]);
  }
  if (photos.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "no image is left: the names of all end in '" + options.leave_out + "'");
  }
  std::vector<EmbeddedPhoto> embedded = features.extract(photos, options.threads, progress);
  for (EmbeddedPhoto& photo : embedded) {
    if (!photo.has_face()) images.problems.push_back(std::move(photo.problem));
    images.embeddings.push_back(std::move(photo.embedding));
  }
  return images;
}

AttributeTable read_attributes(const std::string& file) {
  const std::vector<std::uint8_t> bytes = read_file(file, kMaxTableBytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return parse_attribute_csv(valid_utf8(text), file);
}

}  // namespace visavis
