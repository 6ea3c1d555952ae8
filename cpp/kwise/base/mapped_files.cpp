#include "kwise/base/mapped_files.hpp"

#include <stdexcept>

#if defined(_WIN32) || defined(__EMSCRIPTEN__)

namespace kwise {

int watch_mapping(const void*, std::size_t) {
    return -1;
}

bool mapping_missed(int) {
    return false;
}

void unwatch_mapping(int watched) {
    if (watched != -1) throw std::invalid_argument("no mapping is watched by this number");
}

}  // namespace kwise

#else

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>

namespace kwise {
namespace {

struct Mapping {
    std::atomic<std::uintptr_t> begin{0}, end{0};  // both 0: free
    std::atomic<bool> missed{false};
};
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);  // else no handler may ask them

// Why there is a handler: docs/decisions/mapped-files.md. It knows of mappings only what is global.
std::array<Mapping, 256> mappings;
std::mutex changing;
int n_watched = 0;
struct sigaction before;  // written only while nothing can come to ours
bool installed = false;   // ours was, and another handler that came after it may pass on to it

// Puts zeros where the file has ended, from the first page that was missed to the mapping's end: a
// file ends but once. Looks at begin twice, since another thread may change what is watched.
bool put_zeros(std::uintptr_t at) {
    for (Mapping& each : mappings) {
        const std::uintptr_t begin = each.begin.load(), end = each.end.load();
        if (at < begin || at >= end || each.begin.load() != begin) continue;
        each.missed.store(true);
        const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
        const std::uintptr_t first = at / page * page;
        void* made = mmap(reinterpret_cast<void*>(first), end - first, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        return made != MAP_FAILED;
    }
    return false;
}

// What is none of ours goes to whoever was asked before: by the system, when the instruction is
// tried again; a signal that somebody sent is no instruction's, and is sent on. Only functions
// that POSIX allows in a handler are called, and mmap, which is a bare call of the system.
void on_bus_error(int signal, siginfo_t* info, void*) {
    const int kept = errno;
    const bool sent = info->si_code <= 0;
    if (sent || !put_zeros(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
        sigaction(signal, &before, nullptr);
        if (sent) raise(signal);
    }
    errno = kept;
}

bool same(const struct sigaction& one, const struct sigaction& other) {
    return one.sa_sigaction == other.sa_sigaction;
}

// Comes first, except where another handler that came after ours may pass on to it: to stand
// before and behind it at once would send a signal around for ever.
void install() {
    struct sigaction now = {}, ours = {};
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    if (sigaction(SIGBUS, nullptr, &now) != 0 || same(now, ours)) return;
    const bool none = now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN;
    if (installed && !none && !same(now, before)) return;
    before = now;
    installed = sigaction(SIGBUS, &ours, nullptr) == 0;
}

void uninstall() {
    struct sigaction now = {};
    if (sigaction(SIGBUS, nullptr, &now) != 0 || now.sa_sigaction != on_bus_error) return;
    installed = sigaction(SIGBUS, &before, nullptr) != 0;
}

// A fork waits for whoever changes what is watched, so that the child finds it whole and unlocked.
// Registered when the library is loaded: a fork amid a first call would leave that half done.
[[maybe_unused]] const int kept_across_forks =
    pthread_atfork([] { changing.lock(); }, [] { changing.unlock(); }, [] { changing.unlock(); });

Mapping& watched_by(int watched) {
    const auto i = static_cast<std::size_t>(watched);
    if (i >= mappings.size() || mappings[i].end.load() == 0)
        throw std::invalid_argument("no mapping is watched by this number");
    return mappings[i];
}

}  // namespace

int watch_mapping(const void* mapped, std::size_t bytes) {
    const auto begin = reinterpret_cast<std::uintptr_t>(mapped);
    if (bytes == 0 || begin % static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE)) != 0)
        throw std::invalid_argument("a mapping begins with a page and holds some bytes");
    const std::lock_guard<std::mutex> lock(changing);
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        if (mappings[i].end.load() != 0) continue;
        mappings[i].missed.store(false);
        mappings[i].begin.store(begin);
        mappings[i].end.store(begin + bytes);
        ++n_watched;
        install();
        return static_cast<int>(i);
    }
    return -1;
}

bool mapping_missed(int watched) {
    const std::lock_guard<std::mutex> lock(changing);
    return watched != -1 && watched_by(watched).missed.load();
}

void unwatch_mapping(int watched) {
    const std::lock_guard<std::mutex> lock(changing);
    if (watched == -1) return;
    Mapping& mapping = watched_by(watched);
    mapping.end.store(0);
    mapping.begin.store(0);
    if (--n_watched == 0) uninstall();
}

}  // namespace kwise

#endif
