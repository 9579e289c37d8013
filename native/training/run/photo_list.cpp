#include "native/training/run/photo_list.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <string_view>
#include <system_error>
#include <vector>

#include "native/system/atomic_file.h"
#include "native/system/counted.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{1} << 31U;

/// Source and name, as a line of the list has them.
std::string place_of(const TrainingData& data, std::size_t photo) {
  const TrainingPhoto& of = data.photos[photo];
  return std::to_string(of.source) + "\t" + list_line(data.datasets[of.source].images()[of.image]);
}

/// Place to content.
std::map<std::string, std::string> read_list(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file, kMaxListBytes);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::map<std::string, std::string> list;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    list.emplace(line.substr(tab + 1), line.substr(0, tab));
  }
  return list;
}

/// "2 photos are gone (Ada/1.jpg, Bo/2.jpg)", appended.
void tell(std::string& words, const std::vector<std::string>& places, const char* one,
          const char* many) {
  constexpr std::size_t kMaxNamed = 3;
  if (places.empty()) return;
  words += (words.empty() ? "" : ", ") + counted(places.size(), one, many) + " (";
  for (std::size_t i = 0; i < std::min(places.size(), kMaxNamed); ++i) {
    words += (i == 0 ? "" : ", ") + places[i].substr(places[i].find('\t') + 1);
  }
  words += places.size() > kMaxNamed ? ", ..)" : ")";
}

}  // namespace

void write_photo_list(const TrainingData& data, const ContentOf& content_of,
                      const std::filesystem::path& file) {
  write_file_atomically(file, [&](std::ostream& out) {
    for (std::size_t photo = 0; photo < data.photos.size(); ++photo) {
      out << content_of(photo) << '\t' << place_of(data, photo) << '\n';
    }
  });
}

std::string photo_changes(const TrainingData& data, const ContentOf& content_of,
                          const std::filesystem::path& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown)) return {};
  std::map<std::string, std::string> before = read_list(file);
  std::vector<std::string> added, changed, gone;
  for (std::size_t photo = 0; photo < data.photos.size(); ++photo) {
    const std::string place = place_of(data, photo);
    const auto was = before.find(place);
    if (was == before.end()) {
      added.push_back(place);
      continue;
    }
    const std::string content = content_of(photo);
    if (!content.empty() && content != was->second) changed.push_back(place);
    before.erase(was);
  }
  for (const auto& [place, content] : before) gone.push_back(place);
  std::string words;
  tell(words, gone, "photo is gone", "photos are gone");
  tell(words, added, "photo is new", "photos are new");
  tell(words, changed, "photo has changed", "photos have changed");
  return words;
}

}  // namespace visavis
