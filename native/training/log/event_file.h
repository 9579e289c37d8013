#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "native/training/log/append_file.h"
#include "native/training/log/log_row.h"

namespace visavis {

/// One record of a TFRecord file (tensorflow/core/lib/io/record_writer.h): u64 length, u32 masked
/// CRC-32C of the length, payload, u32 masked CRC-32C of the payload, all little-endian.
std::string event_record(std::string_view payload);

/// A row as a TensorBoard Event (tensorflow/core/util/event.proto): its figures and the epoch as
/// scalars of the row's step, in protobuf's wire format. `wall_time` in seconds since 1970.
std::string encode_event(const LogRow& row, double wall_time);

/// Scalars for TensorBoard: one file of ours in a folder,
/// "events.out.tfevents.<time>.<host>.visavis".
class EventFile {
 public:
  /// Writes `rows` into a new file and removes files of former runs of ours, so that TensorBoard
  /// shows no step twice. Throws kIo.
  EventFile(const std::filesystem::path& folder, std::span<const LogRow> rows);
  void add(const LogRow& row);

 private:
  double start_ = 0;  // The wall time at which `seconds` was 0, had the run never stopped.
  AppendFile file_;
};

}  // namespace visavis
