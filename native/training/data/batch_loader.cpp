#include "native/training/data/batch_loader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "native/system/flush_to_zero.h"
#include "native/system/processors.h"
#include "native/training/data/batch_rows.h"

namespace visavis {
namespace {

/// Rows that a thread takes at a time: few enough for several threads to share a batch, enough for
/// a teacher to embed together. Ranges start at multiples of it in the global batch.
constexpr std::size_t kRowsAtOnce = 8;

/// A batch being prepared, or prepared.
struct Slot {
  TrainingBatch batch;
  std::vector<BatchItem> items;  ///< Of the global batch.
  std::size_t begin = 0;         ///< This rank's rows of it.
  std::size_t end = 0;
  std::size_t next_row = 0;  ///< The first that nobody has taken.
  std::size_t finished = 0;  ///< Rows.
  bool is_sampled = false;
  std::exception_ptr failure;
  std::size_t failed_row = 0;

  /// A failed one, when all rows that were taken are done with: which row failed first then does
  /// not depend on how fast the threads are.
  [[nodiscard]] bool is_ready() const {
    return failure ? begin + finished == next_row : is_sampled && begin + finished == end;
  }
  [[nodiscard]] bool has_rows_to_take() const { return is_sampled && !failure && next_row < end; }
};

LoaderOptions with_usable_threads(LoaderOptions options) {
  options.threads = thread_count(std::max(1, options.threads));
  return options;
}

}  // namespace

struct BatchLoader::Impl {
  LoaderOptions options;
  BatchSampler& sampler;
  RowMaker rows;

  std::mutex mutex;
  std::condition_variable work;             ///< For the threads: there may be something to do.
  std::condition_variable ready;            ///< For next(): a batch is ready.
  std::deque<std::unique_ptr<Slot>> slots;  ///< Batches by step, the trainer's own first.
  std::vector<std::unique_ptr<Slot>> spare;
  std::uint64_t next_step = 0;  ///< To be begun.
  bool is_sampling = false;
  bool has_failed = false;
  bool has_given = false;  ///< slots.front() is in the trainer's hands.
  double waited = 0;
  bool is_first = true;
  std::atomic<bool> is_stopping = false;
  std::vector<std::thread> threads;

  Impl(ImageReader read_image, BatchSampler& batch_sampler, LoaderOptions loader_options,
       std::uint64_t first_step)
      : options(with_usable_threads(std::move(loader_options))),
        sampler(batch_sampler),
        rows(std::move(read_image), options, static_cast<std::size_t>(options.threads)),
        next_step(first_step) {
    if (sampler.batch_size() < options.ranks) {
      throw Error(ErrorCode::kInvalidArgument,
                  "a batch of " + std::to_string(sampler.batch_size()) +
                      " photos cannot be split over " + std::to_string(options.ranks) +
                      " ranks; take a larger batch");
    }
    try {
      for (int i = 0; i < options.threads; ++i) {
        threads.emplace_back([this, i] { run(static_cast<std::size_t>(i)); });
      }
    } catch (...) {
      stop();  // The system may refuse the second thread when the first one runs already.
      throw;
    }
  }
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      is_stopping = true;
    }
    work.notify_all();
    for (std::thread& thread : threads) thread.join();
  }

  [[nodiscard]] Slot* slot_with_rows() const {
    for (const std::unique_ptr<Slot>& slot : slots) {
      if (slot->has_rows_to_take()) return slot.get();
    }
    return nullptr;
  }
  [[nodiscard]] bool may_begin() const {
    return !is_sampling && !has_failed &&
           slots.size() < std::max<std::size_t>(options.ahead, 1) + (has_given ? 1 : 0);
  }

  void run(std::size_t thread) {
    const FlushToZero flush;
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      work.wait(lock, [&] { return is_stopping || slot_with_rows() != nullptr || may_begin(); });
      if (is_stopping) return;
      // The batch that training waits for comes first.
      if (Slot* slot = slot_with_rows()) {
        make_rows(thread, *slot, lock);
      } else {
        begin_batch(lock);
      }
    }
  }

  void begin_batch(std::unique_lock<std::mutex>& lock) {
    if (spare.empty()) spare.push_back(std::make_unique<Slot>());
    slots.push_back(std::move(spare.back()));
    spare.pop_back();
    Slot& slot = *slots.back();
    const std::uint64_t step = next_step++;
    slot.is_sampled = false;
    slot.begin = slot.end = slot.next_row = slot.finished = 0;
    is_sampling = true;
    lock.unlock();
    std::exception_ptr failure;
    try {
      slot.items = sampler.sample(step);
      start(slot, step);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    is_sampling = false;
    slot.is_sampled = !failure;
    if (failure) fail(slot, 0, failure);
    work.notify_all();
  }

  /// Sizes the batch for this rank's part and fills in what the sampler says.
  void start(Slot& slot, std::uint64_t step) {
    const std::size_t count = slot.items.size();
    slot.begin = options.rank * count / options.ranks;
    slot.end = (options.rank + 1) * count / options.ranks;
    slot.next_row = slot.begin;
    slot.batch.step = step;
    rows.start(slot.items, slot.begin, slot.end, slot.batch);
  }

  void make_rows(std::size_t thread, Slot& slot, std::unique_lock<std::mutex>& lock) {
    const std::size_t begin = slot.next_row;
    const std::size_t end = std::min(slot.end, (begin / kRowsAtOnce + 1) * kRowsAtOnce);
    slot.next_row = end;
    lock.unlock();
    std::exception_ptr failure;
    std::size_t row = begin;
    try {
      for (; row < end && !is_stopping; ++row) {
        rows.make(thread, slot.items[row], row, row - slot.begin, slot.batch);
      }
      if (!is_stopping) rows.teach(thread, begin - slot.begin, slot.batch);
    } catch (...) {
      failure = std::current_exception();
      rows.forget(thread);
    }
    lock.lock();
    slot.finished += end - begin;
    if (failure) fail(slot, row, failure);
    if (slot.is_ready()) ready.notify_all();
  }

  /// The first failure by row is kept, whichever thread was faster.
  void fail(Slot& slot, std::size_t row, const std::exception_ptr& failure) {
    if (!slot.failure || row < slot.failed_row) {
      slot.failure = failure;
      slot.failed_row = row;
    }
    has_failed = true;
    ready.notify_all();
  }

  const TrainingBatch& next() {
    std::unique_lock<std::mutex> lock(mutex);
    if (has_given && !slots.front()->failure) {
      spare.push_back(std::move(slots.front()));
      slots.pop_front();
      has_given = false;
      work.notify_all();
    }
    const auto is_ready = [this] { return !slots.empty() && slots.front()->is_ready(); };
    if (!is_ready()) {
      const auto start = std::chrono::steady_clock::now();
      ready.wait(lock, is_ready);
      const std::chrono::duration<double> wait = std::chrono::steady_clock::now() - start;
      if (!is_first) waited += wait.count();
    }
    is_first = false;
    Slot& slot = *slots.front();
    if (slot.failure) std::rethrow_exception(slot.failure);
    has_given = true;
    work.notify_all();
    return slot.batch;
  }
};

BatchLoader::BatchLoader(ImageReader read_image, BatchSampler& sampler, LoaderOptions options,
                         std::uint64_t first_step)
    : impl_(
          std::make_unique<Impl>(std::move(read_image), sampler, std::move(options), first_step)) {}
BatchLoader::~BatchLoader() = default;

const TrainingBatch& BatchLoader::next() { return impl_->next(); }

double BatchLoader::seconds_waited() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return impl_->waited;
}

}  // namespace visavis
