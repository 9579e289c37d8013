#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "native/data/person_groups.h"
#include "native/data/protocol.h"

namespace visavis {

/// The options of `evaluate` and `calibrate` that say which photos are compared.
struct ProtocolOptions {
  std::string pairs;
  std::string images;
  std::string folders;
  std::string people;  ///< Empty, or a file that names those of `folders` to compare.
  std::string references;
  std::string probes;
  std::uint64_t seed = 1;
};

/// The options that put people into groups.
struct GroupOptions {
  std::string table;  ///< Empty: no groups.
  PersonTableOptions columns;
  std::string left_out;  ///< As leave_out_groups takes it; empty: nobody.
};

void add_group_options(CLI::App& command, GroupOptions& options);

void add_protocol_options(CLI::App& command, ProtocolOptions& options);

/// The files, folders and archives that are read, for check_output_file.
std::vector<std::string> inputs_of(const ProtocolOptions& options);

/// A protocol with the data sets that it points into.
struct OpenedProtocol {
  std::vector<std::unique_ptr<Dataset>> datasets;
  Protocol protocol;
};

/// Opens a folder or archive of photos, keeps it in `datasets`, and says what was left out. Throws
/// as Dataset::open.
const Dataset& open_dataset(const std::string& location,
                            std::vector<std::unique_ptr<Dataset>>& datasets);

/// Throws kInvalidArgument unless exactly one way of telling pairs is given in full, and as the
/// protocols do.
OpenedProtocol open_protocol(const ProtocolOptions& options);

/// Reads the table of people: a file, one inside an archive of the photos, or ARCHIVE:FILE. Throws
/// kIo, and as parse_person_table and leave_out_groups do.
PersonTable read_person_table(const GroupOptions& options,
                              const std::vector<std::unique_ptr<Dataset>>& datasets);

/// Photos of which each shows another person, with the groups these belong to.
struct OpenedStrangers {
  std::vector<std::unique_ptr<Dataset>> datasets;  ///< One.
  std::vector<PhotoRef> photos;
  PersonTable table;
};

/// Opens a folder or archive of strangers and reads their groups. Throws kInvalidArgument where no
/// groups are given, and as open_dataset, read_person_table and check_people_have_rows.
OpenedStrangers open_strangers(const std::string& location, const GroupOptions& groups);

/// "lfw.tar" of "some/where/lfw.tar": reports should not tell where the data lay. What is inside of
/// an archive stays: "lfw.tar:lfw/images".
std::string short_name(const std::string& location);

/// "origin and gender"
std::string grouped_by(const PersonTable& table);

/// The same for the people of a protocol: reads it and checks it against the protocol. Throws kIo,
/// and as parse_person_table and check_person_table do.
PersonTable open_person_table(const GroupOptions& options, const OpenedProtocol& opened);

}  // namespace visavis
