#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace visavis {

/// What commands write.
enum class OutputKind {
  kModel,
  kZeroShotModel,
  kNpy,
  kNames,
  kTable,
  kAttributes,
  kReport,
  kPng,
  kTemplate,
  kSupport
};

/// Checks a file that a command is to write, before its work begins. `option` named it, `inputs`
/// are what the command reads, as its options name them (files, folders, archives, ARCHIVE:FOLDER).
/// Throws kInvalidArgument where the file is one of the inputs, under another name or link too;
/// where its name ends as that of another kind of file; where a file of another kind stands there;
/// and kIo as check_writable does.
void check_output_file(const std::string& option, const std::filesystem::path& file,
                       OutputKind kind, const std::vector<std::string>& inputs);

/// Checks a folder that a command is to write into and makes where it is missing. Throws kIo where
/// it is no folder or could not be made, naming `option`.
void check_output_folder(const std::string& option, const std::filesystem::path& folder);

}  // namespace visavis
