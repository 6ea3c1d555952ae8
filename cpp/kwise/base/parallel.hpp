// Base: a small thread pool. Work is cut into chunks whose number and shape do not depend on the
// number of threads, and whoever calls adds the chunks' results in chunk order: so results never
// depend on the number of threads either. Called by every stage.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <type_traits>

namespace kwise {

// Thrown on the calling thread when its poll function asks for a stop (Ctrl-C).
struct Interrupted : std::runtime_error {
    Interrupted() : std::runtime_error("interrupted") {}
};

// Asked every few milliseconds on the calling thread during long work; true means stop.
using PollFunction = bool (*)();

// Installs `poll` for this thread's calls while it lives.
class PollScope {
  public:
    explicit PollScope(PollFunction poll);
    ~PollScope();
    PollScope(const PollScope&) = delete;
    PollScope& operator=(const PollScope&) = delete;

  private:
    PollFunction previous_;
};

// Throws Interrupted if the poll function says so; cheap to call often.
void poll_interrupt();

// What parallel_for hands down: a plain function and a pointer, so that the pool is compiled once.
namespace detail {
using ChunkFunction = void (*)(void* context, std::size_t chunk, int worker);
void run_chunks(std::size_t n_chunks, int n_threads, ChunkFunction function, void* context);
bool helpers_are_awake();
}  // namespace detail

// Wakes helpers, and keeps them awake while it lives, up to a millisecond without work: for many
// short regions one after the other, as a fit of few rows has them.
class AwakeHelpers {
  public:
    // As many as help with so many chunks. None for one thread.
    AwakeHelpers(std::size_t n_chunks, int n_threads);
    ~AwakeHelpers();
    AwakeHelpers(const AwakeHelpers&) = delete;
    AwakeHelpers& operator=(const AwakeHelpers&) = delete;

  private:
    void* pool_ = nullptr;
};

// Threads worth using for work of about this many nanoseconds on one: waking costs some
// microseconds, so short work stays on the caller unless helpers are awake. Results do not depend
// on it.
inline int useful_threads(double nanoseconds, int n_threads) {
    if (nanoseconds >= 1e5) return n_threads;
    return nanoseconds >= 5e3 && n_threads > 1 && detail::helpers_are_awake() ? n_threads : 1;
}

// Calls function(chunk, worker) once for every chunk in [0, n_chunks), on up to n_threads
// threads, the caller's among them; worker is in [0, n_threads). Chunks are handed out in order
// to whoever is free. A call from inside a chunk, or while another thread uses the pool, runs on
// the caller alone. The first exception of a chunk is thrown here, after all workers stopped.
template <class Function>
void parallel_for(std::size_t n_chunks, int n_threads, Function&& function) {
    using Plain = std::remove_reference_t<Function>;
    detail::run_chunks(
        n_chunks, n_threads,
        [](void* context, std::size_t chunk, int worker) {
            (*static_cast<Plain*>(context))(chunk, worker);
        },
        const_cast<void*>(static_cast<const void*>(&function)));
}

}  // namespace kwise
