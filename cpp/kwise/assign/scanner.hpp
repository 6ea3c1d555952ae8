// Assign: the contract of a scanner, which finds the nearest centers of a chunk's active rows as
// far as its filter is sure of them. assign/dense_assignment.cpp lists the scanners that a data set
// allows, the cheapest first; one assignment is the work of the first that serves it. Called by
// assign/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "kwise/dispatch/kernels.hpp"
#include "kwise/exact/exact_centers.hpp"

namespace kwise {

// What the scanners are told of an assignment before any row is looked at. References and pointers
// hold until the assignment ends.
struct AssignmentStep {
    const ExactCenters& centers;
    const float* drift;  // of each center; see bounds/hamerly.hpp
    bool keeps_margins;
    bool few_moves;  // few rows change their labels by now
};

// The rows of one chunk that may change their label. Places count from the chunk's first row.
class ActiveRows {
  public:
    // `places` has room for a panel more than the chunk has rows; where all rows are active it need
    // not be written. `labels`: those so far, of all rows of the chunk.
    ActiveRows(std::size_t first, std::size_t n_rows, std::uint32_t* places, std::size_t n_active,
               const std::int32_t* labels)
        : first_(first), n_rows_(n_rows), n_active_(n_active), places_(places), labels_(labels) {}

    std::size_t first() const { return first_; }
    std::size_t n_rows() const { return n_rows_; }
    std::size_t size() const { return n_active_; }
    bool are_all() const { return n_active_ == n_rows_; }
    const std::int32_t* labels() const { return labels_; }
    // The active places, ascending; the last one stands in for what the last panel lacks.
    const std::uint32_t* places() const {
        if (are_all()) std::iota(places_, places_ + n_rows_, 0u);
        const std::size_t whole = (n_active_ + panel_rows - 1) / panel_rows * panel_rows;
        std::fill(places_ + n_active_, places_ + whole, places_[n_active_ - 1]);
        return places_;
    }

  private:
    std::size_t first_, n_rows_, n_active_;
    std::uint32_t* places_;
    const std::int32_t* labels_;
};

// Where a scan of one chunk writes, by place. Labels, and margins if any, have room for whole
// panels. Only active rows count, but others may be written where a whole chunk is scanned: with
// what is true of them.
struct ScanTarget {
    std::size_t first;
    std::int32_t* labels;
    float* margins;  // null: not kept; see bounds/hamerly.hpp
    const float* drift;
    std::vector<std::uint32_t>* undecided;  // by row of the data

    // Leaves a row to filters/cascade.hpp.
    void leave(std::size_t place) const {
        undecided->push_back(static_cast<std::uint32_t>(first + place));
    }
    // Takes what was found for listed rows.
    void write(const std::uint32_t* places, std::size_t count, const std::int32_t* found,
               const float* found_margins) const {
        for (std::size_t r = 0; r < count; ++r) labels[places[r]] = found[r];
        if (margins == nullptr) return;
        for (std::size_t r = 0; r < count; ++r) margins[places[r]] = found_margins[r];
    }
};

class Scanner {
  public:
    virtual ~Scanner() = default;

    // Takes the centers of an assignment, on the caller's thread. False where they are not served:
    // the next scanner of the list is asked.
    virtual bool prepare(const AssignmentStep& step) = 0;
    // Labels the active rows of a chunk, of which there is one at least, on thread `worker`, and
    // leaves to the target those it cannot decide. True if all rows of the chunk were labeled,
    // which may cost less than to pick the active ones.
    virtual bool scan(std::size_t worker, const ActiveRows& rows, const ScanTarget& target) = 0;
    // After each assignment, which looked at so many rows, also where it was another's work: learns
    // whether to serve the next.
    virtual void adapt(std::size_t /*n_scanned*/) {}
    // Upper bounds of how far each center moved since the last assignment.
    virtual void centers_moved(const std::vector<double>& /*shifts*/, double /*scale*/) {}
};

// What a scanner needs on each thread, made by the thread that needs it first.
template <class Scratch>
class ScratchOf {
  public:
    explicit ScratchOf(int n_threads) : each_(static_cast<std::size_t>(std::max(1, n_threads))) {}

    template <class Make>
    Scratch& of(std::size_t worker, const Make& make) {
        if (each_[worker] == nullptr) each_[worker] = make();
        return *each_[worker];
    }
    // On the caller's thread, between assignments.
    template <class Visit>
    void visit(const Visit& visit) {
        for (auto& scratch : each_) {
            if (scratch != nullptr) visit(*scratch);
        }
    }

  private:
    std::vector<std::unique_ptr<Scratch>> each_;
};

}  // namespace kwise
