#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "native/commands/commands.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/zero_shot_commands.h"
#include "native/data/pen_drawings.h"
#include "native/system/atomic_file.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

struct DescribeOptions {
  std::string strokes;
  int drawer = 1;
  std::filesystem::path out;
};

int run_describe(const DescribeOptions& options) {
  check_output_file("--out", options.out, OutputKind::kAttributes, {options.strokes});
  const AttributeTable table = describe_classes(options.strokes, options.drawer);
  write_file_atomically(options.out, [&](std::ostream& out) { write_attribute_csv(table, out); });
  std::cout << fmt::format("{}: {} of {}, from the pen of drawer {}\n", options.out.string(),
                           counted(table.classes.size(), "class", "classes"),
                           counted(table.attributes.size(), "attribute", "attributes"),
                           options.drawer);
  return kExitDone;
}

}  // namespace

void add_zero_shot_describe(CLI::App& zero_shot, int& exit_code) {
  auto options = std::make_shared<DescribeOptions>();
  CLI::App* command =
      zero_shot.add_subcommand("describe", "Describe characters by the pen strokes of one drawer");
  command
      ->add_option("--strokes", options->strokes,
                   "Folder, archive or ARCHIVE:FOLDER of pen paths CLASS/NAME_DRAWER.txt, as in "
                   "Omniglot's strokes_background")
      ->required();
  add_number_option(*command, "--drawer", options->drawer, {0, 1'000'000},
                    "Whose strokes (default 1)");
  command->add_option("--out", options->out, "The CSV to write: class, then its attributes")
      ->required();
  command->footer(
      "Attributes: strokes, pieces, lengths, corners, turning, winding, straightness, aspect, "
      "centre\n"
      "and spread of the ink, symmetries, end points, junctions, crossings, loops; histograms of\n"
      "headings and slopes; ink in 8x8 cells and by 8 slopes in 4x4 cells. All in terms of the\n"
      "drawing's own size and place.");
  command->callback([options, &exit_code] { exit_code = run_describe(*options); });
}

}  // namespace visavis
