#include "native/system/progress_sink.h"

namespace visavis {
namespace {

class SilentTask : public ProgressTask {
 public:
  void advance(std::size_t /*by*/, const std::string& /*note*/) override {}
  void advance_within(double /*change*/) override {}
  void start_at(std::size_t /*done*/) override {}
  void say(const std::string& /*line*/) override {}
};

class SilentSink : public ProgressSink {
 public:
  std::unique_ptr<ProgressTask> begin(const std::string& /*what*/, std::size_t /*total*/,
                                      const std::string& /*unit*/) override {
    return std::make_unique<SilentTask>();
  }
  void say(const std::string& /*line*/) override {}
};

}  // namespace

ProgressSink& no_progress() {
  static SilentSink sink;
  return sink;
}

}  // namespace visavis
