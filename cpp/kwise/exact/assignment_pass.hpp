// Exact: one pass of an assignment over the chunks of a data set by several threads, whose moves
// meet in exact sums. Called by the assignments of dense and Morton-ordered points.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "kwise/base/parallel.hpp"
#include "kwise/exact/exact_sums.hpp"

namespace kwise {

struct AssignmentCounts {
    std::size_t n_moved = 0;    // rows whose label changed
    std::size_t n_scanned = 0;  // what was looked at: rows, or panels where these are passed over
};

// What the pass needs of each thread; an assignment's own worker derives from it.
struct AssignmentWorker {
    std::size_t index = 0;  // of the thread
    WorkerSums sums;        // collects the moves of its rows
    AssignmentCounts counts;
};

// Calls assign_chunk(chunk, worker) once for every chunk. Nothing that it returns or leaves in
// `sums` depends on the number of threads: counts are integers, and sums are exact. There must be a
// worker for each thread; worker 0 is the caller, who adds to `sums` directly. On an interrupt
// `sums` is left half moved: the run that it belongs to ends there.
template <class Worker, class AssignChunk>
AssignmentCounts run_assignment(std::size_t n_chunks, int n_threads,
                                std::vector<std::unique_ptr<Worker>>& workers, ExactSums& sums,
                                const AssignChunk& assign_chunk) {
    for (std::size_t w = 0; w < workers.size(); ++w) {
        workers[w]->index = w;
        workers[w]->counts = {};
        workers[w]->sums.begin(sums, w == 0);
    }
    parallel_for(n_chunks, n_threads, [&](std::size_t chunk, int worker) {
        assign_chunk(chunk, *workers[static_cast<std::size_t>(worker)]);
    });
    AssignmentCounts total;
    for (auto& worker : workers) {
        total.n_moved += worker->counts.n_moved;
        total.n_scanned += worker->counts.n_scanned;
        worker->sums.end();
    }
    return total;
}

}  // namespace kwise
