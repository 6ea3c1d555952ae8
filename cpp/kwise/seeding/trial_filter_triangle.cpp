// Reductions by exact distances, of the rows that the triangle inequality leaves.
//
// With c a trial, s a row's nearest seed and D its squared distance from that: where |c - s|^2 is
// 4 D or more, c is no nearer than s, and the row is not looked at. Where a few values lie very far
// out, most rows are near their seeds beside the ways between these, and rows rounded to a unit
// that holds all of them say nothing (docs/decisions/seeding.md).
#include <algorithm>
#include <atomic>
#include <limits>

#include "kwise/base/buffer.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/seeding/trial_filter.hpp"

namespace kwise {
namespace {

// What four times a distance is below, before its row is passed over: all distances are canonical,
// and rounded to T. The second term is for those so small that they have few digits.
constexpr double share_covered = 1.0 - 1e-6, least_covered = 1e-280;

// Rows stay in place. Each keeps the number of its nearest seed.
template <class T>
class TriangleTrialFilter : public TrialFilter<T> {
  public:
    TriangleTrialFilter(const DensePoints<T>& points, const T* distances)
        : points_(points), distances_(distances), seed_of_(points.n_rows()) {}

    void take_seed(const double* exact) override {
        seeds_.insert(seeds_.end(), exact, exact + points_.padded());
        ++n_seeds_;
    }

    // For each seed the ways to all trials, as the most that a row's distance may be for the row to
    // be passed over.
    void prepare(const std::vector<std::size_t>&, const ExactCenters& exact) override {
        exact_ = &exact;
        covered_.resize(exact.n_centers * n_seeds_);
        by_all_.assign(n_seeds_, std::numeric_limits<double>::infinity());
        for (std::size_t t = 0; t < exact.n_centers; ++t) {
            for (std::size_t s = 0; s < n_seeds_; ++s) {
                const double* const seed = seeds_.data() + s * points_.padded();
                const double way = kernels().canonical_row(seed, exact.row(t), points_.padded());
                const double covered = way / 4.0 * share_covered - least_covered;
                covered_[t * n_seeds_ + s] = covered;
                by_all_[s] = std::min(by_all_[s], covered);
            }
        }
        n_pairs_ += points_.n_rows() * exact.n_centers;
    }

    // Rows that some trial may bring nearer are listed first; then each trial measures its own.
    void score(std::size_t chunk, const CandidateMasks& candidates,
               Reduction* reductions) const override {
        const std::size_t first = chunk * chunk_rows;
        const std::size_t end = std::min(points_.n_rows(), first + chunk_rows);
        std::uint32_t left[chunk_rows], own[chunk_rows];
        double distances[chunk_rows];
        std::size_t n_left = 0, n_measured = 0;
        for (std::size_t row = first; row < end; ++row) {
            left[n_left] = static_cast<std::uint32_t>(row);
            // No number is passed over by itself: written so that it is left.
            n_left += is_covered(row, by_all_.data()) ? 0 : 1;
        }
        for (std::size_t t = 0; t < exact_->n_centers && n_left > 0; ++t) {
            std::size_t n = 0;
            for (std::size_t j = 0; j < n_left; ++j) {
                own[n] = left[j];
                n += is_covered(left[j], covered_.data() + t * n_seeds_) ? 0 : 1;
            }
            if (n == 0) continue;
            n_measured += n;
            kernels().seed<T>().listed_distances(points_.rows(), own, n, exact_->row(t),
                                                 points_.padded(), distances);
            mark(chunk, t, own, n, distances, candidates);
            add_reduction(own, n, distances, reductions[t]);
        }
        n_measured_.fetch_add(n_measured, std::memory_order_relaxed);
    }

    void lower(const ListedRows& listed) override {
        for (std::size_t j = 0; j < listed.count; ++j) {
            seed_of_[listed.places[j]] = static_cast<std::uint32_t>(n_seeds_ - 1);
        }
    }
    // Guessed: measuring costs more than what others do with a row.
    double share_read() const override { return 0.1; }
    bool fails() const override {
        return triangle_fails(n_measured_.load(std::memory_order_relaxed), n_pairs_);
    }

  private:
    bool is_covered(std::size_t row, const double* covered) const {
        return static_cast<double>(distances_[row]) <= covered[seed_of_[row]];
    }

    // The places that come nearer; in float32 also those that come as near, whose labels are open.
    void mark(std::size_t chunk, std::size_t t, const std::uint32_t* rows, std::size_t n,
              const double* distances, const CandidateMasks& candidates) const {
        std::uint32_t bits[chunk_panels] = {};
        for (std::size_t j = 0; j < n; ++j) {
            const std::size_t place = rows[j] % chunk_rows;
            const auto is_near =
                static_cast<std::uint32_t>(static_cast<T>(distances[j]) <= distances_[rows[j]]);
            bits[place / panel_rows] |= is_near << place % panel_rows;
        }
        const std::size_t n_panels =
            std::min(chunk_panels, points_.n_panels() - chunk * chunk_panels);
        for (std::size_t p = 0; p < n_panels; ++p) {
            if (bits[p] == 0) continue;
            candidates.bits[p * candidates.stride + t] = bits[p];
            candidates.panels[t] |= std::uint64_t{1} << p;
        }
    }

    // Of distances as T holds them, which potentials are sums of. The error is of adding up.
    void add_reduction(const std::uint32_t* rows, std::size_t n, const double* distances,
                       Reduction& reduction) const {
        double sum = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            const auto was = static_cast<double>(distances_[rows[j]]);
            const auto now = static_cast<double>(static_cast<T>(distances[j]));
            sum += now < was ? (was - now) * points_.weight(rows[j]) : 0.0;
        }
        reduction.amount += sum;
        reduction.error += sum * static_cast<double>(n + 16) * 0x1p-52;
    }

    const DensePoints<T>& points_;
    const T* distances_;
    Buffer<std::uint32_t> seed_of_;
    std::vector<double> seeds_;  // exact, padded
    std::size_t n_seeds_ = 0;
    const ExactCenters* exact_ = nullptr;
    std::vector<double> covered_, by_all_;  // by trial and seed; the least of all trials
    // Of all steps so far: pairs of row and trial that were measured, and that there were.
    mutable std::atomic<std::size_t> n_measured_{0};
    std::size_t n_pairs_ = 0;
};

}  // namespace

template <class T>
std::unique_ptr<TrialFilter<T>> make_triangle_trial_filter(const DensePoints<T>& points,
                                                           const T* distances) {
    return std::make_unique<TriangleTrialFilter<T>>(points, distances);
}

template std::unique_ptr<TrialFilter<float>> make_triangle_trial_filter(const DensePoints<float>&,
                                                                        const float*);
template std::unique_ptr<TrialFilter<double>> make_triangle_trial_filter(const DensePoints<double>&,
                                                                         const double*);

}  // namespace kwise
