#include "native/training/log/training_log.h"

#include <system_error>

#include "core/base/error.h"
#include "native/system/atomic_file.h"
#include "native/training/log/append_file.h"
#include "native/training/log/event_file.h"
#include "native/training/log/training_csv.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

/// So that the members after it can write into it.
fs::path existing(const fs::path& folder) {
  std::error_code reason;
  fs::create_directories(folder, reason);
  if (reason) {
    throw Error(ErrorCode::kIo, folder.string() + ": cannot be created: " + reason.message());
  }
  return folder;
}

}  // namespace

struct TrainingLog::Impl {
  Impl(const fs::path& folder, const std::string& history)
      : rows(parse_training_csv(history)),
        csv_path(existing(folder) / "log.csv"),
        events(folder, rows) {
    for (const LogRow& row : rows) append_new_columns(columns, row);
    rewrite_csv();
  }

  [[nodiscard]] std::string csv() const {
    std::string text = csv_header(columns);
    for (const LogRow& row : rows) text += csv_line(row, columns);
    return text;
  }

  /// Old rows end where the new columns begin, which a CSV must not: all are written anew.
  void rewrite_csv() {
    write_file_atomically(csv_path, [&](std::ostream& out) { out << csv(); });
    csv_file = AppendFile(csv_path);
  }

  std::vector<LogRow> rows;
  std::vector<std::string> columns;
  fs::path csv_path;
  AppendFile csv_file;
  EventFile events;
};

TrainingLog::TrainingLog(const fs::path& folder, const std::string& history)
    : impl_(std::make_unique<Impl>(folder, history)) {}

TrainingLog::~TrainingLog() = default;

void TrainingLog::add(LogRow row) {
  check_figure_names(row);
  impl_->rows.push_back(std::move(row));
  const LogRow& added = impl_->rows.back();
  if (append_new_columns(impl_->columns, added)) {
    impl_->rewrite_csv();
  } else {
    impl_->csv_file.append(csv_line(added, impl_->columns));
  }
  impl_->events.add(added);
}

const std::vector<LogRow>& TrainingLog::rows() const { return impl_->rows; }

std::string TrainingLog::csv() const { return impl_->csv(); }

}  // namespace visavis
