#include "native/commands/options/protocol_options.h"

#include <filesystem>
#include <functional>
#include <set>
#include <system_error>

#include "core/base/error.h"
#include "native/commands/options/number_option.h"
#include "native/data/left_out.h"
#include "native/data/lfw_pairs.h"
#include "native/system/atomic_file.h"
#include "native/system/printable.h"
#include "native/system/text_lines.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

/// "folder/people.csv" of "some/photos.tar:folder/people.csv", where the dataset lies in that
/// archive; else the name as it is.
std::string member_name(const std::string& name, const Dataset& dataset) {
  const std::string archive = dataset.location().substr(0, dataset.location().rfind(':'));
  return name.rfind(archive + ":", 0) == 0 ? name.substr(archive.size() + 1) : name;
}

std::string read_text(const std::string& file) {
  constexpr std::size_t kMaxBytes = 64U << 20U;
  const std::vector<std::uint8_t> bytes = read_file(file, kMaxBytes);
  return {bytes.begin(), bytes.end()};
}

/// The text of a file, or of one inside one of the datasets' archives.
std::string read_text(const std::string& name,
                      const std::vector<std::unique_ptr<Dataset>>& datasets) {
  std::error_code ignored;
  if (fs::exists(name, ignored)) return read_text(name);
  std::string places;
  for (const auto& dataset : datasets) {
    if (auto text = dataset->read_text(name)) return *std::move(text);
    if (auto text = dataset->read_text(member_name(name, *dataset))) return *std::move(text);
    places += (places.empty() ? "" : " or ") + dataset->location();
  }
  throw Error(ErrorCode::kIo, name + ": no such file, neither here nor inside " + places);
}

/// The photos of all people or, where a file of folder names is given, of those alone.
std::vector<PhotoRef> photos_of_people(const Dataset& photos, const std::string& people) {
  std::set<std::string, std::less<>> names;
  if (!people.empty()) {
    const std::string text = read_text(people);
    LineReader lines(text, people);
    while (const auto line = lines.next()) names.emplace(*line);
  }
  std::vector<PhotoRef> refs;
  for (std::size_t i = 0; i < photos.images().size(); ++i) {
    const std::string person = identity_of(photos.images()[i]);
    // As held-out.txt writes it, or as it is.
    if (people.empty() || names.contains(list_line(person)) || names.contains(person)) {
      refs.push_back({&photos, i});
    }
  }
  if (refs.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                people + " names nobody of " + photos.location() +
                    "; it should hold the people's folders, a line each, as in " +
                    identity_of(photos.images().front()));
  }
  return refs;
}

void check_options(const ProtocolOptions& options) {
  const bool by_pairs = !options.pairs.empty() || !options.images.empty();
  const bool by_folders = !options.folders.empty();
  const bool by_references = !options.references.empty() || !options.probes.empty();
  if (by_pairs + by_folders + by_references != 1) {
    throw Error(ErrorCode::kInvalidArgument,
                "say which photos to compare in one way: --pairs FILE --images DATA, --folders "
                "DATA, or --references DATA --probes DATA");
  }
  if (by_pairs && (options.pairs.empty() || options.images.empty())) {
    throw Error(ErrorCode::kInvalidArgument, "--pairs FILE and --images DATA go together");
  }
  if (by_references && (options.references.empty() || options.probes.empty())) {
    throw Error(ErrorCode::kInvalidArgument, "--references DATA and --probes DATA go together");
  }
}

}  // namespace

std::string short_name(const std::string& location) {
  const std::size_t colon = location.rfind(':');
  const fs::path path = fs::path(location.substr(0, colon)).lexically_normal();
  const std::string inside = colon == std::string::npos ? "" : location.substr(colon);
  // The last part of "people/" is empty.
  return (path.has_filename() ? path : path.parent_path()).filename().string() + inside;
}

void add_protocol_options(CLI::App& command, ProtocolOptions& options) {
  command.add_option("--pairs", options.pairs,
                     "Pairs: LFW's pairs.txt or a CSV a,b,same[,fold]; a file, or its name inside "
                     "the archive of --images");
  command.add_option("--images", options.images,
                     "Photos that the pairs name: a folder, a tar, or TAR:FOLDER-INSIDE");
  auto* folders = command.add_option(
      "--folders", options.folders,
      "A folder per person (folder, tar, or TAR:FOLDER-INSIDE): every photo against every other");
  command
      .add_option("--people", options.people,
                  "Of --folders these people alone: a file with the name of a folder in each line, "
                  "as held-out.txt of a training run")
      ->needs(folders);
  command.add_option("--references", options.references,
                     "Every photo of this folder or tar against every one of --probes; one person "
                     "is a folder, or the file name up to its first '_'");
  command.add_option("--probes", options.probes, "See --references");
  add_seed_option(command, options.seed,
                  "Chooses the pairs where there are more than 4,000,000, and, in evaluate, how "
                  "photos are altered and episodes drawn (default 1)");
}

std::vector<std::string> inputs_of(const ProtocolOptions& options) {
  return {options.pairs,  options.images,     options.folders,
          options.people, options.references, options.probes};
}

const Dataset& open_dataset(const std::string& location,
                            std::vector<std::unique_ptr<Dataset>>& datasets) {
  datasets.push_back(std::make_unique<Dataset>(Dataset::open(location)));
  say_left_out(terminal_progress(), datasets.back()->left_out());
  return *datasets.back();
}

OpenedProtocol open_protocol(const ProtocolOptions& options) {
  check_options(options);
  OpenedProtocol opened;
  const auto open = [&opened](const std::string& location) -> const Dataset& {
    return open_dataset(location, opened.datasets);
  };
  if (!options.pairs.empty()) {
    const Dataset& images = open(options.images);
    const auto pairs = parse_pairs(read_text(options.pairs, opened.datasets), options.pairs);
    opened.protocol = protocol_of_pairs(
        images, pairs, short_name(options.pairs) + " on " + short_name(options.images));
  } else if (!options.folders.empty()) {
    const Dataset& photos = open(options.folders);
    const std::string whose =
        options.people.empty() ? "" : ", people of " + short_name(options.people);
    opened.protocol = protocol_of_all(photos_of_people(photos, options.people),
                                      "all pairs of " + short_name(options.folders) + whose,
                                      kMaxProtocolPairs, options.seed);
  } else {
    const Dataset& references = open(options.references);
    const Dataset& probes = open(options.probes);
    opened.protocol =
        protocol_of_references(references, probes,
                               "every photo of " + short_name(options.references) +
                                   " against every one of " + short_name(options.probes));
  }
  return opened;
}

void add_group_options(CLI::App& command, GroupOptions& options) {
  auto* table = command.add_option(
      "--groups", options.table,
      "Error rates by group of people: a CSV with an id column (the photos' folders, or names up "
      "to "
      "the first '_') and columns such as gender, age, ethnicity; a file, or its name inside the "
      "photos' archive");
  command.add_option("--group-id", options.columns.id_column, "Its id column (default: the first)")
      ->needs(table);
  command
      .add_option("--group-by", options.columns.columns,
                  "Its columns to group people by, with commas between (default: all others)")
      ->delimiter(',')
      ->needs(table);
  command
      .add_option("--group-without", options.left_out,
                  "Groups whose people are left out, as COLUMN=GROUP,GROUP: age=0-2,3-9,10-19")
      ->needs(table);
  add_number_option(command, "--group-bands", options.columns.bands, {-1e9, 1e9},
                    "Upper ends of the bands that numbers are put into (default 20,35,50,65: ages)")
      ->delimiter(',')
      ->needs(table);
}

PersonTable read_person_table(const GroupOptions& options,
                              const std::vector<std::unique_ptr<Dataset>>& datasets) {
  PersonTableOptions columns = options.columns;
  const std::string without = options.left_out.substr(0, options.left_out.find('='));
  if (!without.empty() && !columns.columns.empty()) columns.columns.push_back(without);
  PersonTable table =
      parse_person_table(read_text(options.table, datasets), options.table, columns);
  if (!options.left_out.empty()) leave_out_groups(table, options.left_out);
  table.source = short_name(options.table);
  return table;
}

OpenedStrangers open_strangers(const std::string& location, const GroupOptions& groups) {
  if (groups.table.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "--strangers are compared within groups; say who belongs to which: --groups CSV "
                "--group-by origin,gender");
  }
  OpenedStrangers strangers;
  const Dataset& photos = open_dataset(location, strangers.datasets);
  for (std::size_t i = 0; i < photos.images().size(); ++i) strangers.photos.push_back({&photos, i});
  strangers.table = read_person_table(groups, strangers.datasets);
  check_people_have_rows(strangers.table, strangers.photos);
  return strangers;
}

std::string grouped_by(const PersonTable& table) {
  std::string text;
  for (const PersonAttribute& attribute : table.attributes) {
    const bool is_last = &attribute == &table.attributes.back();
    text += (text.empty() ? "" : is_last ? " and " : ", ") + attribute.name;
  }
  return text;
}

PersonTable open_person_table(const GroupOptions& options, const OpenedProtocol& opened) {
  PersonTable table = read_person_table(options, opened.datasets);
  std::vector<const Dataset*> datasets;
  for (const auto& dataset : opened.datasets) datasets.push_back(dataset.get());
  check_person_table(table, opened.protocol, datasets);
  return table;
}

}  // namespace visavis
