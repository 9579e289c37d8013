#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <ostream>
#include <string>

#include "native/terminal/progress.h"

namespace visavis {

/// Says on a terminal what a command is at where that takes longer than one expects: a line from
/// half a second on, redrawn as time goes by, and taken away in the end. In a log it says nothing.
class Activity {
 public:
  /// `pieces` are worked on at once, each with a share of its own.
  explicit Activity(std::string what, std::size_t pieces = 1);
  Activity(std::string what, std::size_t pieces, std::ostream& out, ProgressStyle style,
           std::chrono::milliseconds before_first_line);
  ~Activity();
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;

  /// How far a piece is, 0..1. Safe to call from any thread. Without any share no bar is drawn.
  void set_share(std::size_t piece, double share);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  ///< Null in a log.
};

}  // namespace visavis
