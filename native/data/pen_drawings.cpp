#include "native/data/pen_drawings.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/parse_number.h"
#include "core/drawing/pen_drawing.h"
#include "core/drawing/stroke_attributes.h"
#include "native/data/dataset.h"
#include "native/system/file_location.h"
#include "native/system/file_sources.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDrawingBytes = 16U << 20U;

/// 19 of "0692_19"; nothing where no number follows the last '_'.
std::optional<int> drawer_of(const std::string& stem) {
  const std::size_t bar = stem.rfind('_');
  if (bar == std::string::npos) return std::nullopt;
  return parse_whole_number<int>(std::string_view(stem).substr(bar + 1));
}

/// Class to the file of the drawer's path of it; nothing for classes that he did not draw.
std::map<std::string, std::optional<std::size_t>> drawings_of(const std::vector<std::string>& names,
                                                              const std::string& inside, int drawer,
                                                              const std::string& location) {
  std::map<std::string, std::optional<std::size_t>> drawings;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const fs::path path(names[i]);
    if (!names[i].starts_with(inside) || path.extension() != ".txt") continue;
    const std::string name = names[i].substr(inside.size());
    const std::size_t slash = name.rfind('/');
    if (name.empty() || name.front() == '.' || slash == std::string::npos || name[slash + 1] == '.')
      continue;
    auto& drawing = drawings[name.substr(0, slash)];
    if (drawer_of(path.stem().string()) != drawer) continue;
    if (drawing) {
      throw Error(ErrorCode::kInvalidArgument, location + ": " + names[*drawing] + " and " +
                                                   names[i] + " are both by drawer " +
                                                   std::to_string(drawer) + "; keep one");
    }
    drawing = i;
  }
  return drawings;
}

}  // namespace

AttributeTable describe_classes(const std::string& location, int drawer) {
  const FileLocation place = split_location(location);
  const std::unique_ptr<FileSource> files =
      fs::is_directory(place.path) ? open_folder(place.path) : open_archive(place.path);
  const auto drawings = drawings_of(files->names(), place.inside, drawer, location);
  if (drawings.empty()) {
    throw Error(ErrorCode::kIo,
                location +
                    ": no pen paths; files CLASS/NAME_DRAWER.txt are expected, as in "
                    "Omniglot's strokes_background");
  }
  AttributeTable table;
  table.attributes = stroke_attribute_names();
  for (const auto& [name, file] : drawings) {
    if (!file) {
      throw Error(ErrorCode::kInvalidArgument, location + ": drawer " + std::to_string(drawer) +
                                                   " drew no '" + name +
                                                   "'; name another drawer with --drawer");
    }
    const std::vector<std::uint8_t> bytes = files->read(*file, kMaxDrawingBytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::vector<float> values =
        stroke_attributes(parse_pen_drawing(text, files->names()[*file]));
    table.classes.push_back(valid_utf8(name));  // A CSV is text.
    table.values.insert(table.values.end(), values.begin(), values.end());
  }
  check_attribute_table(table, location);
  return table;
}

}  // namespace visavis
