#include "native/terminal/terminal_progress.h"

#include <iostream>

#include "native/terminal/progress.h"

namespace visavis {
namespace {

class TerminalProgress : public ProgressSink {
 public:
  std::unique_ptr<ProgressTask> begin(const std::string& what, std::size_t total,
                                      const std::string& unit) override {
    return std::make_unique<Progress>(what, total, unit);
  }
  void say(const std::string& line) override { std::cerr << line << '\n'; }
};

}  // namespace

ProgressSink& terminal_progress() {
  static TerminalProgress sink;
  return sink;
}

}  // namespace visavis
