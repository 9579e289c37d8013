#include "native/system/archive_links.h"

#include <filesystem>
#include <optional>
#include <utility>

namespace visavis {
namespace {

namespace fs = std::filesystem;

/// Gives every link of an archive the content that it stands for.
class LinkResolver {
 public:
  LinkResolver(ArchiveNames& names, const std::string& inside) : names_(names), inside_(inside) {}

  /// The links that lead nowhere, or to what is listed already.
  std::vector<LeftOutEntry> resolve() {
    for (const ArchiveNames::HardLink& link : names_.hard_links) {
      const auto file = names_.files.find(link.target);
      if (file != names_.files.end()) {
        names_.files[link.name] = file->second;
      } else {
        leave_out(link.name, "a hard link to " + link.target + ", which is not in the archive");
      }
    }
    // Found among the files themselves, not among what other links add: order plays no part.
    const std::map<std::string, std::size_t> files = names_.files;
    for (const auto& [name, target] : names_.links) follow(name, files);
    return std::move(left_out_);
  }

 private:
  void leave_out(const std::string& name, const std::string& why) {
    left_out_.push_back({name, why});
  }

  void follow(const std::string& link, const std::map<std::string, std::size_t>& files) {
    const std::optional<std::string> target = place_of(link);
    if (!target) return leave_out(link, "a link that leads out of the archive, or in a circle");
    if (const auto file = files.find(*target); file != files.end()) {
      names_.files[link] = file->second;
      return;
    }
    const std::string folder = *target == "." ? "" : *target + "/";
    if ((link + "/").starts_with(folder))
      return leave_out(link, "a link to a folder that holds it");
    auto file = files.lower_bound(folder);
    if (file == files.end() || !file->first.starts_with(folder)) {
      return leave_out(link, "a link to " + *target + ", which is not in the archive");
    }
    if (file->first.starts_with(inside_)) {
      return leave_out(link, "a link to the folder " + *target + ", which is listed already");
    }
    for (; file != files.end() && file->first.starts_with(folder); ++file) {
      names_.files[link + "/" + file->first.substr(folder.size())] = file->second;
    }
  }

  /// Where a name leads once every link on its way is followed; nothing where that is no place of
  /// the archive.
  [[nodiscard]] std::optional<std::string> place_of(const std::string& name) const {
    constexpr int kMaxLinks = 40;  // As Linux has it.
    fs::path left = name;
    for (int links = 0; links < kMaxLinks; ++links) {
      const std::optional<fs::path> next = follow_first_link(left);
      if (!next) {
        const std::string place = left.generic_string();
        const bool is_outside = left.is_absolute() || place == ".." || place.starts_with("../");
        return is_outside ? std::nullopt : std::optional(place);
      }
      left = *next;
    }
    return std::nullopt;
  }

  /// The path with the first of its folders that is a link replaced by what it stands for.
  [[nodiscard]] std::optional<fs::path> follow_first_link(const fs::path& path) const {
    fs::path walked;
    for (auto part = path.begin(); part != path.end(); ++part) {
      const auto link = names_.links.find((walked / *part).generic_string());
      if (link == names_.links.end()) {
        walked /= *part;
        continue;
      }
      fs::path next = walked / link->second;
      for (++part; part != path.end(); ++part) next /= *part;
      std::string normal = normal_archive_name(next.generic_string());
      return fs::path(std::move(normal));
    }
    return std::nullopt;
  }

  ArchiveNames& names_;
  const std::string& inside_;
  std::vector<LeftOutEntry> left_out_;
};

}  // namespace

std::string normal_archive_name(const std::string& name) {
  std::string normal = fs::path(name).lexically_normal().generic_string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

std::vector<LeftOutEntry> resolve_links(ArchiveNames& names, const std::string& inside) {
  return LinkResolver(names, inside).resolve();
}

}  // namespace visavis
