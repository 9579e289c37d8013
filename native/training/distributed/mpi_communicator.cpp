#include "native/training/distributed/mpi_communicator.h"

#include <string>

#include "core/base/error.h"

#ifdef VISAVIS_HAS_MPI

// Only the C API: the C++ one is gone from MPI 3.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "native/training/distributed/request_thread.h"

namespace visavis {
namespace {

/// 1 MB of floats: large enough for the network's full rate, small enough that the first sums start
/// early in the backward pass and a call behind one does not wait long.
constexpr std::size_t kBucketFloats = std::size_t{1} << 18;
/// Up to here one exchange of everything is quicker than two of parts.
constexpr std::size_t kSmallSum = 4096;
/// The command's exit code for what cannot be gone on with.
constexpr int kAbortCode = 2;

void check(int status, const char* call) {
  if (status == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(status, text, &length);
  throw Error(ErrorCode::kIo, std::string(call) + " failed: " + std::string(text, length) +
                                  "; see whether all ranks are alive, then go on with --resume");
}

/// values[i] = sum over ranks of parts[rank * count + i], rank by rank.
void add_in_rank_order(const float* parts, std::size_t ranks, std::size_t count, float* values) {
  std::copy_n(parts, count, values);
  for (std::size_t rank = 1; rank < ranks; ++rank) {
    const float* part = parts + rank * count;
    for (std::size_t i = 0; i < count; ++i) values[i] += part[i];
  }
}

/// MPI's calls. All of them, from first to last, are made by one thread, the communicator's own, so
/// MPI_THREAD_FUNNELED is all that is asked of MPI.
class Link {
 public:
  void open(std::size_t started) {
    int provided = MPI_THREAD_SINGLE;
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    int size = 0;
    int rank = 0;
    check(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
    check(MPI_Comm_rank(MPI_COMM_WORLD, &rank), "MPI_Comm_rank");
    ranks_ = static_cast<std::size_t>(size);
    rank_ = static_cast<std::size_t>(rank);
    if (provided < MPI_THREAD_FUNNELED) {
      throw Error(ErrorCode::kUnsupported,
                  "this MPI does not allow threads (MPI_THREAD_FUNNELED); use one built with them");
    }
    if (ranks_ != started) {
      throw Error(ErrorCode::kUnsupported,
                  std::to_string(started) + " ranks were started, but MPI sees " +
                      std::to_string(ranks_) +
                      "; start them with this MPI's own mpirun, or with srun --mpi=pmix");
    }
  }

  [[nodiscard]] std::size_t rank() const { return rank_; }
  [[nodiscard]] std::size_t ranks() const { return ranks_; }

  void sum(float* values, std::size_t count) {
    for (std::size_t done = 0; done < count; done += kBucketFloats) {
      sum_bucket(values + done, std::min(kBucketFloats, count - done));
    }
  }

  void gather(const float* mine, std::size_t count, float* all) const {
    const int n = static_cast<int>(count);
    check(MPI_Allgather(mine, n, MPI_FLOAT, all, n, MPI_FLOAT, MPI_COMM_WORLD), "MPI_Allgather");
  }

  void broadcast(std::vector<std::uint8_t>& bytes) const {
    std::uint64_t size = bytes.size();
    check(MPI_Bcast(&size, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD), "MPI_Bcast");
    bytes.resize(size);
    constexpr std::uint64_t kPiece = std::uint64_t{1} << 30;  // MPI counts by int.
    for (std::uint64_t done = 0; done < size; done += kPiece) {
      check(MPI_Bcast(bytes.data() + done, static_cast<int>(std::min(kPiece, size - done)),
                      MPI_BYTE, 0, MPI_COMM_WORLD),
            "MPI_Bcast");
    }
  }

  static void barrier() { check(MPI_Barrier(MPI_COMM_WORLD), "MPI_Barrier"); }
  static void close() { check(MPI_Finalize(), "MPI_Finalize"); }

 private:
  /// MPI_Allreduce promises no order of its additions, so they are made here, rank by rank. Large
  /// buckets as in Thakur et al. 2005, section 4.5: every rank adds up one part of the bucket, and
  /// then the parts are exchanged.
  void sum_bucket(float* values, std::size_t count) {
    if (count <= kSmallSum) {
      received_.resize(count * ranks_);
      gather(values, count, received_.data());
      add_in_rank_order(received_.data(), ranks_, count, values);
      return;
    }
    std::vector<int> counts(ranks_), offsets(ranks_);
    for (std::size_t r = 0; r < ranks_; ++r) {
      offsets[r] = static_cast<int>(count * r / ranks_);
      counts[r] = static_cast<int>(count * (r + 1) / ranks_) - offsets[r];
    }
    const int own = counts[rank_];
    const std::vector<int> own_counts(ranks_, own);
    std::vector<int> own_offsets(ranks_);
    for (std::size_t r = 0; r < ranks_; ++r) own_offsets[r] = static_cast<int>(r) * own;
    received_.resize(static_cast<std::size_t>(own) * ranks_);
    check(MPI_Alltoallv(values, counts.data(), offsets.data(), MPI_FLOAT, received_.data(),
                        own_counts.data(), own_offsets.data(), MPI_FLOAT, MPI_COMM_WORLD),
          "MPI_Alltoallv");
    add_in_rank_order(received_.data(), ranks_, static_cast<std::size_t>(own),
                      values + offsets[rank_]);
    check(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, values, counts.data(), offsets.data(),
                         MPI_FLOAT, MPI_COMM_WORLD),
          "MPI_Allgatherv");
  }

  std::size_t ranks_ = 1;
  std::size_t rank_ = 0;
  std::vector<float> received_;
};

/// Runs at exit after a failure, when main has said what it was. The communication thread may hang
/// in a call that will never be answered; MPI_Abort is the one call that does not mind.
void abort_all_ranks() { MPI_Abort(MPI_COMM_WORLD, kAbortCode); }

class MpiCommunicator final : public Communicator {
 public:
  explicit MpiCommunicator(std::size_t started) {
    // Ranks that share a machine's cores must not spin at full speed while they wait: the trainer's
    // own threads need them. A setting made by the user stands.
    ::setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    thread_.run([link = link_, started] { link->open(started); });
  }
  ~MpiCommunicator() override { close(); }
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;

  [[nodiscard]] std::size_t rank() const override { return link_->rank(); }
  [[nodiscard]] std::size_t ranks() const override { return link_->ranks(); }

  void sum(float* values, std::size_t count) override {
    thread_.run([link = link_, values, count] { link->sum(values, count); });
  }

  /// Values are copied one behind the other into buckets of one size, however they were handed
  /// over: a bucket is sent when it is full, so all ranks send the same ones. The copies also mean
  /// that the communication thread never touches memory of a caller that an exception is unwinding.
  void start_sum(float* values, std::size_t count) override {
    started_.push_back({values, count});
    while (count > 0) {
      if (filling_ == buckets_.size()) buckets_.push_back(std::make_shared<std::vector<float>>());
      std::vector<float>& bucket = *buckets_[filling_];
      const std::size_t part = std::min(count, kBucketFloats - bucket.size());
      bucket.insert(bucket.end(), values, values + part);
      values += part;
      count -= part;
      if (bucket.size() == kBucketFloats) send_bucket();
    }
  }

  void wait_for_sums() override {
    if (filling_ < buckets_.size() && !buckets_[filling_]->empty()) send_bucket();
    thread_.wait();
    std::size_t at = 0;  // In the buckets, taken as one array.
    for (const auto& [values, count] : started_) {
      for (std::size_t done = 0; done < count;) {
        const std::size_t offset = at % kBucketFloats;
        const std::size_t part = std::min(count - done, kBucketFloats - offset);
        std::copy_n(buckets_[at / kBucketFloats]->data() + offset, part, values + done);
        done += part;
        at += part;
      }
    }
    for (const auto& bucket : buckets_) bucket->clear();  // Keeps its memory for the next step.
    started_.clear();
    filling_ = 0;
  }

  void gather(const float* mine, std::size_t count, float* all) override {
    if (count > kBucketFloats * 1024) {
      throw Error(ErrorCode::kInvalidArgument, "gather: " + std::to_string(count) +
                                                   " values per rank are too many; at most " +
                                                   std::to_string(kBucketFloats * 1024));
    }
    thread_.run([link = link_, mine, count, all] { link->gather(mine, count, all); });
  }

  void broadcast(std::vector<std::uint8_t>& bytes) override {
    thread_.run([link = link_, &bytes] { link->broadcast(bytes); });
  }

  bool any(bool value) override {
    float count = value ? 1.0F : 0.0F;
    sum(&count, 1);
    return count > 0;
  }

  void barrier() override { thread_.run(&Link::barrier); }

 private:
  struct StartedSum {
    float* values;
    std::size_t count;
  };

  void send_bucket() {
    thread_.post(
        [link = link_, bucket = buckets_[filling_]] { link->sum(bucket->data(), bucket->size()); });
    ++filling_;
  }

  void close() noexcept {
    try {
      if (std::uncaught_exceptions() == uncaught_at_start_) {
        thread_.run(&Link::close);
        return;
      }
      thread_.abandon();
    } catch (const std::exception&) {
      // The call that failed has been reported where it was made.
    }
    std::atexit(abort_all_ranks);
  }

  // Shared with the requests: an abandoned thread outlives this object.
  std::shared_ptr<Link> link_ = std::make_shared<Link>();
  std::vector<std::shared_ptr<std::vector<float>>> buckets_;
  std::size_t filling_ = 0;  // Index in buckets_; those before it are sent.
  std::vector<StartedSum> started_;
  int uncaught_at_start_ = std::uncaught_exceptions();
  RequestThread thread_;
};

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator(std::size_t ranks) {
  return std::make_unique<MpiCommunicator>(ranks);
}

bool has_mpi() { return true; }

}  // namespace visavis

#else

namespace visavis {

std::unique_ptr<Communicator> make_mpi_communicator(std::size_t ranks) {
  throw Error(ErrorCode::kUnsupported,
              std::to_string(ranks) +
                  " ranks were started, but this visavis was built without MPI; install Open MPI "
                  "(Debian: libopenmpi-dev), then build again with -DVISAVIS_MPI=ON");
}

bool has_mpi() { return false; }

}  // namespace visavis

#endif
