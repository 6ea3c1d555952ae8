// Assign: the assignment step of one run over dense rows: bounds tell which rows are active, a
// scanner labels those that it is sure of, the cascade decides the others, and the moves of rows
// between centers go to exact sums. Called by lloyd/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kwise/assign/scanner.hpp"
#include "kwise/bounds/hamerly.hpp"
#include "kwise/bounds/reach.hpp"
#include "kwise/data/dense_points.hpp"
#include "kwise/exact/exact_sums.hpp"
#include "kwise/filters/certified_filter.hpp"

namespace kwise {

template <class T>
class DenseAssignment {
  public:
    DenseAssignment(const DensePoints<T>& points, std::size_t n_centers, int n_threads);
    ~DenseAssignment();
    DenseAssignment(const DenseAssignment&) = delete;
    DenseAssignment& operator=(const DenseAssignment&) = delete;

    // Tells the labels that the rows have for the centers of the first assignment, -1 where that is
    // not known. Takes the memory over; n_panels() * panel_rows of them.
    void set_initial_labels(Buffer<std::int32_t>&& labels);
    // Or tells the labels that the rows have in the sums, and margins that hold for the centers of
    // the first assignment, if any; see bounds/hamerly.hpp.
    void resume(const std::vector<std::int32_t>& labels, const std::vector<float>& margins);
    // What resume() takes, for the centers as they are; none where none were kept.
    std::vector<float> margins() const;
    // Labels every row for these centers, and keeps `sums` the sums by label. Returns how many rows
    // changed their label. Labels are those of the canonical distance, whatever scanner, bounds and
    // threads. The centers must stay until it returns.
    std::size_t assign(const ExactCenters& centers, ExactSums& sums);
    // Tells how far each center moved since the last assign (upper bounds, in data units). To be
    // called after every assign that another follows: bounds would be wrong without.
    void centers_moved(const std::vector<double>& shifts);

    const std::int32_t* labels() const { return labels_.data(); }
    void write_labels(std::int32_t* to) const {
        std::copy(labels_.data(), labels_.data() + points_.n_rows(), to);
    }

  private:
    struct Worker;
    // On a worker's thread: all that an assignment does with one chunk.
    void assign_chunk(std::size_t chunk, Worker& worker);
    Scanner& prepare(const ExactCenters& centers);
    // False where the scanner is to label the chunk after all.
    bool take_initial_labels(const ActiveRows& rows, const ScanTarget& target);
    // Follows the centers to where they are, or begins where it pays.
    void look_at_reach(const ExactCenters& centers);
    // Of rows that the last move took the margins of, what share of all has none of the far movers
    // within reach; from some rows.
    double share_spared(const ExactCenters& centers) const;
    // Begins, with what is known of the rows.
    void begin_reach(const ExactCenters& centers);
    // Of a chunk that was scanned: its active rows, or all.
    void record_reach(const ActiveRows& rows, bool all, Worker& worker);
    // What scanners add to margins.
    const float* drift() const { return reach_.is_on() ? no_drift_.data() : bounds_.drift(); }
    // Listed into the worker's `moved`.
    std::size_t list_moved(const ActiveRows& rows, bool all, Worker& worker) const;

    const DensePoints<T>& points_;
    std::size_t n_centers_;
    int n_threads_;
    Buffer<std::int32_t> labels_;
    // They are those of the centers to come, and not in the sums yet.
    bool has_initial_labels_ = false;
    bool few_moves_ = false;  // few rows change their labels by now
    Bounds bounds_;
    Reach reach_;
    bool reach_may_pay_;
    std::vector<float> no_drift_;  // by center, while `reach_` is on
    std::vector<double> shifts_;   // of the last move
    double share_scanned_ = 1.0;   // of the last assignment
    // Assignments from one look at what reach would spare to the next, and those left.
    std::size_t reach_wait_ = 1, reach_next_ = 1;
    std::vector<std::unique_ptr<Scanner>> scanners_;  // the cheapest first; the last serves always
    Scanner* scanner_ = nullptr;                      // of this assignment
    LazyFilter<double> fine_filter_;
    const ExactCenters* centers_ = nullptr;
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace kwise
