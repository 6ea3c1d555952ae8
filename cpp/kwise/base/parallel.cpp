#include "kwise/base/parallel.hpp"

#if !defined(_WIN32)
#include <pthread.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace kwise {
namespace {

// Of the calling thread: poll function, when it was last asked, and whether it is in a chunk now,
// where a further call must not wait for the pool that it is part of.
thread_local PollFunction current_poll = nullptr;
thread_local std::chrono::steady_clock::time_point last_poll;
thread_local bool inside_chunk = false;

// Soon enough for a hand on the keyboard, rare enough to cost nothing.
constexpr auto poll_interval = std::chrono::milliseconds(20);

// How often a waiting thread looks again before it sleeps: about 20 microseconds, so that the
// many short regions of one fit do not pay for waking threads, and an idle pool costs nothing.
constexpr int spin_rounds = 2000;
// The same of helpers that are kept awake: about a millisecond.
constexpr int awake_rounds = 50 * spin_rounds;
// No more helpers are kept awake: short work has little for each.
constexpr int most_awake = 7;
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr int most_threads = 1;  // Pyodide's WebAssembly has no more
#else
constexpr int most_threads = 4096;  // fits the bits that a turn has for helpers
#endif

// Tells the core that it waits, which leaves more to the other thread on it.
void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// What the pool is at, in one word, so that helpers join only while there is something to do: the
// caller waits for those that joined, never for one that is still waking up. From the lowest bit:
// 16 bits how many helpers have joined, one bit whether more may, 15 bits how many are wanted, 32
// bits the number of the turn.
struct Turn {
    static constexpr std::uint64_t open = 1u << 16, one_helper = 1;
    static std::uint64_t begin(std::uint64_t last, int wanted) {
        return (number(last) + 1) << 32 | static_cast<std::uint64_t>(wanted) << 17 | open;
    }
    static std::uint64_t number(std::uint64_t turn) { return turn >> 32; }
    static int wanted(std::uint64_t turn) { return static_cast<int>(turn >> 17 & 0x7fff); }
    static bool is_open(std::uint64_t turn) { return (turn & open) != 0; }
    static bool has_helpers(std::uint64_t turn) { return (turn & 0xffff) != 0; }
};

class Pool {
  public:
    // Runs all chunks, the caller's thread among the workers. One call at a time (pool_in_use). All
    // that helpers read is written before the turn begins: turn_ publishes it.
    void run(std::size_t n_chunks, int n_threads, detail::ChunkFunction function, void* context) {
        grow(n_threads - 1);
        function_ = function;
        context_ = context;
        n_chunks_ = n_chunks;
        next_.store(0, std::memory_order_relaxed);
        stop_.store(false, std::memory_order_relaxed);
        // Of earlier runs nothing is left.
        failure_ = nullptr;
        // Under the lock, or a helper between its test and its sleep would miss the turn.
        {
            std::lock_guard<std::mutex> lock(mutex_);
            turn_.store(Turn::begin(turn_.load(), n_threads - 1));
        }
        wake_.notify_all();
        // When the caller finds no chunk left it closes the turn; whoever joined may still be at
        // its last.
        work(0, true);
        // From here on nobody joins: those that did are waited for, others have nothing to do with
        // this run.
        turn_.fetch_and(~Turn::open);
        for (int round = 0; Turn::has_helpers(turn_.load(std::memory_order_acquire)); ++round) {
            if (round < spin_rounds) {
                relax();
            } else {
                std::this_thread::yield();
            }
        }
        if (failure_) std::rethrow_exception(failure_);
    }

    // Wakes the first helpers, and lets them spin longer until let_sleep(). As run(): one call at a
    // time.
    void keep_awake(int helpers) {
        grow(helpers);
        {
            std::lock_guard<std::mutex> lock(mutex_);
            wanted_awake_.store(helpers);
            ++n_keeping_;
            ++n_calls_;
        }
        wake_.notify_all();
    }
    void let_sleep() { --n_keeping_; }
    bool is_awake() const { return n_spinning_.load(std::memory_order_relaxed) > 0; }

  private:
    // Helpers are made when first wanted and never end. `seen` is the turn before, so that a new
    // one joins the turn that it was made for.
    void grow(int helpers) {
        while (static_cast<int>(threads_.size()) < helpers) {
            const int worker = static_cast<int>(threads_.size()) + 1;
            threads_.emplace_back(
                [this, worker, seen = Turn::number(turn_.load())] { loop(worker, seen); });
            threads_.back().detach();  // workers live as long as the process
        }
    }

    // A helper: waits for a turn other than the last it saw, spinning first, joins if it is wanted
    // and the turn is still open, and takes chunks until none is left.
    void loop(int worker, std::uint64_t seen) {
        for (std::uint64_t called = 0;;) {
            while (!spin(worker, seen)) {
                std::unique_lock<std::mutex> lock(mutex_);
                wake_.wait(
                    lock, [&] { return Turn::number(turn_.load()) != seen || n_calls_ != called; });
                called = n_calls_;
            }
            // The turn may have closed, or moved on, since; join() looks at it again.
            std::uint64_t turn = turn_.load();
            // Between joining and leaving it may touch what the caller's frame holds.
            if (join(worker, turn)) {
                work(worker, false);
                turn_.fetch_sub(Turn::one_helper);
            }
            seen = Turn::number(turn);
        }
    }

    // Whether there is a turn other than the last seen; looks for it for a while.
    bool spin(int worker, std::uint64_t seen) {
        ++n_spinning_;
        bool found = false;
        for (int round = 0; !found && round < awake_rounds; ++round) {
            if (round >= spin_rounds && (n_keeping_.load(std::memory_order_relaxed) == 0 ||
                                         worker > wanted_awake_.load(std::memory_order_relaxed))) {
                break;
            }
            found = Turn::number(turn_.load(std::memory_order_acquire)) != seen;
            if (!found) relax();
        }
        --n_spinning_;
        return found;
    }

    // Whether a turn still wants this worker; `turn` becomes the one that it looked at.
    bool join(int worker, std::uint64_t& turn) {
        while (Turn::is_open(turn) && worker <= Turn::wanted(turn)) {
            if (turn_.compare_exchange_weak(turn, turn + Turn::one_helper)) return true;
        }
        return false;
    }

    // Takes chunks until none is left or one has failed. Only the caller polls: Python's signals
    // belong to its thread. Chunks that others are at are finished, not cut off.
    void work(int worker, bool may_poll) {
        inside_chunk = true;
        try {
            while (!stop_.load(std::memory_order_relaxed)) {
                const std::size_t chunk = next_.fetch_add(1, std::memory_order_relaxed);
                if (chunk >= n_chunks_) break;
                function_(context_, chunk, worker);
                if (may_poll) poll_interrupt();
            }
        } catch (...) {
            std::lock_guard<std::mutex> lock(failure_mutex_);
            // The first failure counts; the others stop at their next chunk.
            if (!failure_) failure_ = std::current_exception();
            stop_.store(true);
        }
        inside_chunk = false;
    }

    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::mutex failure_mutex_;
    std::condition_variable wake_;
    std::atomic<std::uint64_t> turn_{0};
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stop_{false};
    // Helpers that look for a turn now; who keeps helpers awake, and how many of them.
    std::atomic<int> n_spinning_{0}, n_keeping_{0}, wanted_awake_{0};
    std::uint64_t n_calls_ = 0;  // to keep awake, under the lock
    std::size_t n_chunks_ = 0;
    detail::ChunkFunction function_ = nullptr;
    void* context_ = nullptr;
    std::exception_ptr failure_;
};

// The pool of this process. A forked child has none of its parent's threads: it leaves the old pool
// untouched (its locks may be held by threads that no longer exist) and makes a new one. Pools are
// never destroyed: helpers may wait on them until the process ends.
std::atomic<Pool*> pool{nullptr};
std::atomic<bool> pool_in_use{false};

#if !defined(_WIN32)  // which does not fork
// In the child, before it runs anything else. Registered when the library is loaded, as in
// mapped_files.cpp.
[[maybe_unused]] const int fresh_after_forks = pthread_atfork(nullptr, nullptr, [] {
    pool.store(nullptr);
    pool_in_use.store(false);
    inside_chunk = false;
});
#endif

// Only while pool_in_use is held, so that no two are made.
Pool& the_pool() {
    Pool* current = pool.load();
    if (current == nullptr) {
        current = new Pool;
        pool.store(current);
    }
    return *current;
}

// Holds the pool for one call, where nobody else does.
class PoolHold {
  public:
    PoolHold() {
        bool expected = false;
        holds_ = pool_in_use.compare_exchange_strong(expected, true);
    }
    // Given back also where a chunk has failed.
    ~PoolHold() {
        if (holds_) pool_in_use.store(false);
    }
    PoolHold(const PoolHold&) = delete;
    PoolHold& operator=(const PoolHold&) = delete;
    explicit operator bool() const { return holds_; }

  private:
    bool holds_;
};

// In the caller's thread. Polls between chunks unless it is itself inside one, whose outermost call
// does so.
void run_alone(std::size_t n_chunks, detail::ChunkFunction function, void* context) {
    const bool outermost = !inside_chunk;
    for (std::size_t chunk = 0; chunk < n_chunks; ++chunk) {
        function(context, chunk, 0);
        if (outermost) poll_interrupt();
    }
}

}  // namespace

PollScope::PollScope(PollFunction poll) : previous_(current_poll) {
    current_poll = poll;
    last_poll = std::chrono::steady_clock::now();
}

PollScope::~PollScope() {
    current_poll = previous_;
}

// A clock a chunk; the poll function takes the interpreter's lock, so it is asked rarely.
void poll_interrupt() {
    if (current_poll == nullptr) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_poll < poll_interval) return;
    last_poll = now;
    if (current_poll()) throw Interrupted();
}

// More threads than chunks, or than a turn can count, are not woken.
void detail::run_chunks(std::size_t n_chunks, int n_threads, ChunkFunction function,
                        void* context) {
    const int useful =
        static_cast<int>(std::min<std::size_t>(n_chunks, std::clamp(n_threads, 1, most_threads)));
    // Whoever finds the pool taken does not wait for it: that could deadlock where chunks call
    // back.
    if (useful < 2 || inside_chunk) return run_alone(n_chunks, function, context);
    const PoolHold hold;
    if (!hold) return run_alone(n_chunks, function, context);
    the_pool().run(n_chunks, useful, function, context);
}

bool detail::helpers_are_awake() {
    const Pool* const current = pool.load(std::memory_order_relaxed);
    return current != nullptr && current->is_awake();
}

AwakeHelpers::AwakeHelpers(std::size_t n_chunks, int n_threads) {
    const int helpers = static_cast<int>(std::min<std::size_t>(
                            n_chunks, static_cast<std::size_t>(std::clamp(
                                          n_threads, 1, std::min(most_threads, most_awake + 1))))) -
                        1;
    if (helpers < 1 || inside_chunk) return;
    const PoolHold hold;
    if (!hold) return;
    the_pool().keep_awake(helpers);
    pool_ = &the_pool();
}

// Of the pool that was told: a forked child has another one.
AwakeHelpers::~AwakeHelpers() {
    if (pool_ != nullptr) static_cast<Pool*>(pool_)->let_sleep();
}

}  // namespace kwise
