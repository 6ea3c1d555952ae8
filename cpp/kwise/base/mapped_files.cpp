#include "kwise/base/mapped_files.hpp"

#include <stdexcept>

#if defined(_WIN32) || defined(__EMSCRIPTEN__)

namespace kwise {

int watch_mapping(const void*, std::size_t) {
    return -1;
}

void unwatch_mapping(int watched) {
    if (watched != -1) throw std::invalid_argument("no mapping is watched by this number");
}

}  // namespace kwise

#else

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

namespace kwise {
namespace {

struct Mapping {
    std::atomic<std::uintptr_t> begin{0}, end{0};  // both 0: free
};

// A handler of signals can be told of mappings only by what is global.
std::array<Mapping, 256> mappings;
std::mutex changing;
int n_watched = 0;
struct sigaction before;

// Puts zeros where the file has ended, from the first page that was missed to the mapping's end: a
// file ends but once. What is none of ours goes to whoever was asked before.
void on_bus_error(int, siginfo_t* info, void*) {
    const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (Mapping& each : mappings) {
        const std::uintptr_t begin = each.begin.load(), end = each.end.load();
        if (at < begin || at >= end) continue;
        const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
        const std::uintptr_t first = at / page * page;
        void* made = mmap(reinterpret_cast<void*>(first), end - first, PROT_READ,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (made != MAP_FAILED) return;
    }
    sigaction(SIGBUS, &before, nullptr);
}

}  // namespace

int watch_mapping(const void* mapped, std::size_t bytes) {
    const auto begin = reinterpret_cast<std::uintptr_t>(mapped);
    if (bytes == 0 || begin % static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE)) != 0)
        throw std::invalid_argument("a mapping begins with a page and holds some bytes");
    const std::lock_guard<std::mutex> lock(changing);
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        if (mappings[i].end.load() != 0) continue;
        mappings[i].begin.store(begin);
        mappings[i].end.store(begin + bytes);
        if (n_watched++ == 0) {
            struct sigaction ours = {};
            ours.sa_sigaction = on_bus_error;
            ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
            sigaction(SIGBUS, &ours, &before);
        }
        return static_cast<int>(i);
    }
    return -1;
}

void unwatch_mapping(int watched) {
    const std::lock_guard<std::mutex> lock(changing);
    const auto i = static_cast<std::size_t>(watched);
    if (watched == -1) return;
    if (i >= mappings.size() || mappings[i].end.load() == 0)
        throw std::invalid_argument("no mapping is watched by this number");
    mappings[i].end.store(0);
    mappings[i].begin.store(0);
    if (--n_watched > 0) return;
    struct sigaction now;  // another may have come after us, who stays
    if (sigaction(SIGBUS, nullptr, &now) == 0 && now.sa_sigaction == on_bus_error)
        sigaction(SIGBUS, &before, nullptr);
}

}  // namespace kwise

#endif
