#include "native/commands/options/output_check.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/base/error.h"
#include "native/system/atomic_file.h"
#include "native/system/file_start.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

struct OutputFormat {
  std::string_view name;
  std::string_view extension;  ///< The one that is advised.
  std::vector<std::string_view> extensions;
  /// One of them is how such a file begins, in small letters; nothing: any text.
  std::vector<std::string_view> beginnings;
};

const OutputFormat& format_of(OutputKind kind) {
  using namespace std::string_view_literals;
  static const std::array<OutputFormat, 10> formats{
      {{"a visavis model", ".visavis", {".visavis"}, {"visavis\0"sv}},
       {"a zero-shot model", ".zeroshot", {".zeroshot", ".visavis"}, {"visavisz"}},
       {"a NumPy array", ".npy", {".npy"}, {"\x93numpy"}},
       {"a list of names", ".txt", {".txt"}, {}},
       {"a calibration table", ".json", {".json"}, {"{"}},
       {"an attribute table", ".csv", {".csv"}, {"class,"}},
       {"an HTML page", ".html", {".html", ".htm"}, {"<!doctype html"}},
       {"a PNG image", ".png", {".png"}, {"\x89png"}},
       {"a face template", ".template", {".template"}, {"visavist", "vvtpl\1"}},
       {"a support set", ".support", {".support"}, {"visavisf", "vvsup\1"}}}};
  return formats.at(static_cast<std::size_t>(kind));
}

/// Endings that say what a file is: under such a name nothing else is written.
constexpr std::array<std::string_view, 49> kTelling{
    ".7z",   ".avif", ".bmp",      ".bz2",    ".cache", ".csv",  ".doc",  ".docx", ".gif",
    ".gz",   ".heic", ".heif",     ".htm",    ".html",  ".jfif", ".jpe",  ".jpeg", ".jpg",
    ".json", ".md",   ".mp4",      ".npy",    ".npz",   ".odt",  ".onnx", ".pdf",  ".png",
    ".pt",   ".pth",  ".rar",      ".svg",    ".tar",   ".tgz",  ".tif",  ".tiff", ".tflite",
    ".tsv",  ".txt",  ".visavis",  ".webp",   ".xls",   ".xlsx", ".xml",  ".xz",   ".zeroshot",
    ".zip",  ".zst",  ".template", ".support"};

std::string in_small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <class Range>
bool holds(const Range& range, std::string_view value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

[[noreturn]] void refuse_file(const std::string& option, const fs::path& file,
                              const std::string& why) {
  refuse(option + " " + file.string(), why);
}

void check_extension(const std::string& option, const fs::path& file, const OutputFormat& format) {
  const std::string extension = in_small_letters(file.extension().string());
  if (!holds(kTelling, extension) || holds(format.extensions, extension)) return;
  refuse_file(option, file,
              "its name ends as that of another kind of file, but " + std::string(format.name) +
                  " would be written; name it NAME" + std::string(format.extension));
}

void check_is_no_input(const std::string& option, const fs::path& file,
                       const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code failed;  // For a file that does not exist: it replaces none.
    const std::string archive = input.substr(0, input.rfind(':'));
    if (fs::equivalent(file, input, failed) || fs::equivalent(file, archive, failed)) {
      refuse_file(option, file,
                  "is what is read (" + input + ") and would be replaced; name another");
    }
  }
}

void check_old_file(const std::string& option, const fs::path& file, const OutputFormat& format) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed) || fs::file_size(file, failed) == 0) return;
  if (format.beginnings.empty()) return;
  const std::vector<std::uint8_t> start = file_start(file, 16);
  const std::string head = in_small_letters({start.begin(), start.end()});
  if (std::any_of(format.beginnings.begin(), format.beginnings.end(),
                  [&](std::string_view beginning) { return head.starts_with(beginning); })) {
    return;
  }
  refuse_file(option, file,
              "is there already and is not " + std::string(format.name) +
                  "; name another file, or remove it");
}

}  // namespace

void check_output_file(const std::string& option, const fs::path& file, OutputKind kind,
                       const std::vector<std::string>& inputs) {
  const OutputFormat& format = format_of(kind);
  check_is_no_input(option, file, inputs);
  check_writable(file);
  check_extension(option, file, format);
  check_old_file(option, file, format);
}

void check_output_folder(const std::string& option, const fs::path& folder) {
  std::error_code failed;
  // What is missing will be made in the first that is there.
  fs::path above = fs::absolute(folder, failed).lexically_normal();
  while (!fs::exists(above, failed) && above.has_relative_path()) above = above.parent_path();
  std::string why;
  if (!fs::is_directory(above, failed)) {
    why = above.string() + " is no folder";
  } else if (::access(above.c_str(), W_OK | X_OK) != 0) {
    why = above.string() + ": " + std::error_code(errno, std::generic_category()).message();
  }
  if (why.empty()) return;
  throw Error(ErrorCode::kIo, option + " " + folder.string() + " cannot be written into: " + why);
}

}  // namespace visavis
