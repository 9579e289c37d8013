#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "native/training/thread_pool.h"

namespace visavis {

using PhotoWorker = std::function<void(std::size_t index)>;

/// Calls a worker of the thread's own with each of 0..count - 1, whichever thread is free, with
/// progress on stderr; ends early when a stop is requested or a worker throws, which is rethrown.
void for_each_photo(ThreadPool& pool, std::size_t count, const std::string& what,
                    const std::function<PhotoWorker()>& make_worker);

}  // namespace visavis
