#include "core/network/runtime.h"

#include <pthreadpool.h>

#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/network/runtime_graph.h"

namespace visavis {
namespace {

#ifdef __EMSCRIPTEN__
constexpr bool kHasThreads = false;
#else
constexpr bool kHasThreads = true;
#endif

struct ThreadPoolDeleter {
  void operator()(pthreadpool* pool) const { pthreadpool_destroy(pool); }
};
using ThreadPoolPtr = std::unique_ptr<pthreadpool, ThreadPoolDeleter>;

struct RuntimeDeleter {
  void operator()(xnn_runtime* runtime) const { xnn_delete_runtime(runtime); }
};
using RuntimePtr = std::unique_ptr<xnn_runtime, RuntimeDeleter>;

/// Null stands for the calling thread alone.
ThreadPoolPtr make_pool(int threads) {
  if (threads < 1) {
    throw Error(ErrorCode::kInvalidArgument,
                "threads must be 1 or more, not " + std::to_string(threads));
  }
  if (!kHasThreads || threads == 1) return nullptr;
  ThreadPoolPtr pool(pthreadpool_create(static_cast<std::size_t>(threads)));
  if (!pool)
    throw Error(ErrorCode::kOutOfMemory, "cannot start " + std::to_string(threads) + " threads");
  return pool;
}

}  // namespace

struct Network::Impl {
  NetworkSpec spec;
  std::vector<Shape> output_shapes;  ///< Without the batch.
  std::vector<Tensor> kept;          ///< What the runtime reads: declared before it, dies after it.
  ThreadPoolPtr pool;
  RuntimePtr runtime;
  std::size_t batch = 0;  ///< That the buffers are planned for; 0 before the first run.

  void plan(const Shape& input) {
    batch = 0;
    check_status(xnn_reshape_external_value(runtime.get(), 0, input.size(), input.data()),
                 "network input");
    check_status(xnn_reshape_runtime(runtime.get()),
                 "network of batch " + std::to_string(input[0]));
    batch = input[0];
  }
};

Network::Network(const NetworkSpec& spec, const Parameters& parameters, int threads,
                 const ActivationScales& scales)
    : impl_(std::make_unique<Impl>()) {
  check_parameters(spec, parameters);
  check_activation_scales(spec, scales);
  if (spec.outputs.empty()) throw Error(ErrorCode::kInvalidArgument, "network: has no outputs");
  check_status(xnn_initialize(nullptr), "XNNPACK");
  const std::vector<Shape> shapes = infer_shapes(spec);
  for (const ValueId id : spec.outputs) impl_->output_shapes.push_back(shapes[id]);
  impl_->spec = spec;
  impl_->pool = make_pool(threads);

  Graph graph = build_graph(spec, parameters, scales);
  impl_->kept = std::move(graph.kept);
  xnn_runtime* runtime = nullptr;
  check_status(xnn_create_runtime_v2(graph.subgraph.get(), impl_->pool.get(), 0, &runtime),
               "network");
  impl_->runtime.reset(runtime);
}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

std::vector<Tensor> Network::run(const Tensor& input) {
  const Shape& shape = input.shape();
  if (shape.size() != 4 || shape[0] == 0 || Shape(shape.begin() + 1, shape.end()) != spec().input) {
    throw Error(ErrorCode::kInvalidArgument, "network input must have shape batch x " +
                                                 to_string(spec().input) + ", not " +
                                                 to_string(shape));
  }
  if (impl_->batch != shape[0]) impl_->plan(shape);

  std::vector<Tensor> outputs;
  std::vector<xnn_external_value> values;
  // XNNPACK takes inputs by a pointer to non-const, and leaves them alone.
  values.push_back({0, const_cast<float*>(input.data())});
  for (std::size_t i = 0; i < impl_->output_shapes.size(); ++i) {
    Shape with_batch = impl_->output_shapes[i];
    with_batch.insert(with_batch.begin(), shape[0]);
    outputs.emplace_back(std::move(with_batch));
    values.push_back({static_cast<std::uint32_t>(spec().outputs[i]), outputs.back().data()});
  }
  check_status(xnn_setup_runtime_v2(impl_->runtime.get(), values.size(), values.data()), "network");
  check_status(xnn_invoke_runtime(impl_->runtime.get()), "network");
  return outputs;
}

const NetworkSpec& Network::spec() const { return impl_->spec; }

}  // namespace visavis
