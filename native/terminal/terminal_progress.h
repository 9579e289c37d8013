#pragma once

#include "native/system/progress_sink.h"

namespace visavis {

/// Shows on stderr what libraries tell: a Progress per task, a line per message.
ProgressSink& terminal_progress();

}  // namespace visavis
