#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>

#include "native/system/progress_sink.h"
#include "native/system/thread_pool.h"

namespace visavis {

using PhotoWorker = std::function<void(std::size_t index)>;
/// What share of its present photo's work a worker has done, 0..1: for the progress bar.
using ReportShare = std::function<void(double share)>;

/// Calls a worker of the thread's own with each of 0..count - 1, whichever thread is free, and tells
/// `progress`, where the task is named `what`. Ends early when a stop is requested or a worker
/// throws, which is rethrown. A worker may call what `make_worker` gets while it is at a photo, from
/// its own thread.
void for_each_photo(ThreadPool& pool, std::size_t count, const std::string& what,
                    const std::function<PhotoWorker(const ReportShare&)>& make_worker,
                    ProgressSink& progress, const std::stop_token& stop = {});

}  // namespace visavis
