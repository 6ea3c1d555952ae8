// Potential reductions from rows in int16.
//
// In quantizer units, with w and v the rounded row and trial, each with an error below the
// residual, and rho twice the residual: |w - v| - rho <= distance <= |w - v| + rho. So the trial
// can only be nearer than the row's distance sqrt(D) if |w - v|^2 < R = (sqrt(D) + rho)^2, or
//     w.v - |v|^2 / 2 + (R - |w|^2) / 2 > 0,
// whose left side, computed exactly, is half of R - |w - v|^2: an upper bound of half of what the
// potential falls, too large by rho (sqrt(R) + rho) at most.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "kwise/data/int16_panels.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/seeding/trial_filter.hpp"

namespace kwise {
namespace {

// Limit of a place without a row: no trial exceeds it, and nothing overflows.
constexpr std::int32_t never = -1600000000;
// Where fewer rows of a panel change, what is kept of it, which can only be less, may stay.
constexpr std::size_t few_rows = 8;

// Scores by the kernel of simd/seed/trial_reductions.inl. Limits and what is kept of panels are in
// quantizer units; reductions are brought back to the data's.
template <class T>
class Int16TrialFilter : public TrialFilter<T> {
  public:
    // The rows may be the filter's own.
    Int16TrialFilter(const DensePoints<T>& points, const Int16Panels& rows,
                     std::unique_ptr<Int16Panels> own)
        : points_(points),
          own_(std::move(own)),
          rows_(rows),
          limits_(rows_.n_panels() * panel_rows),
          radius_(rows_.stride()),
          slack_(rows_.stride()) {
        // Until lower() tells the distances.
        std::fill(limits_.data(), limits_.data() + limits_.size(), never);
        std::fill(radius_.data(), radius_.data() + radius_.size(), 0.0f);
        std::fill(slack_.data(), slack_.data() + slack_.size(), 0.0f);
    }
    const std::uint32_t* order() const override { return rows_.order(); }

    // Trials in batches, padded with zeros that are never read: a batch's count says how many there
    // are. places_ has their coordinates, to be compared with boxes.
    void prepare(const std::vector<std::size_t>& rows, const ExactCenters&) override {
        n_trials_ = rows.size();
        const std::size_t n_batches = (n_trials_ + trial_batch - 1) / trial_batch;
        words_.assign(n_batches * batch_words(), 0);
        constants_.assign(n_batches * trial_batch, 0);
        rest_.assign(n_batches * trial_batch, 0);
        // Of the scores before.
        rules_out_ = !ruling_out_fails(n_marked_.exchange(0), n_trials_ * rows_.n_panels());
        places_.assign(n_trials_ * points_.n_features(), 0.0f);
        for (std::size_t t = 0; t < n_trials_; ++t) {
            std::int32_t* words = words_.data() + t / trial_batch * batch_words() + t % trial_batch;
            // Minus half of the square, which is rounded down: scores err upward, and the slack
            // counts it.
            const Int16Panels::HalfSquares halves =
                rows_.pack_row(points_, rows[t], words, trial_batch);
            constants_[t] = -halves.all;
            rest_[t] = halves.rest;
            for (std::size_t i = 0; i < points_.n_features(); ++i) {
                const std::int32_t word = words[i / 2 * trial_batch];
                // The same rounded numbers as the scores use: the residual is in the radius of the
                // box.
                places_[t * points_.n_features() + i] =
                    static_cast<float>(i % 2 == 0 ? static_cast<std::int16_t>(word) : word >> 16);
            }
        }
    }

    // Panels that no trial of a batch can matter to are passed over. The bits of others are
    // written, and candidates.panels says which have any.
    void score(std::size_t chunk, const CandidateMasks& candidates,
               Reduction* reductions) const override {
        const std::size_t first = chunk * chunk_panels;
        const std::size_t n_panels = std::min(chunk_panels, rows_.n_panels() - first);
        // A last chunk has fewer panels.
        const std::uint64_t there = ~std::uint64_t{0} >> (chunk_panels - n_panels);
        for (std::size_t t = 0; t < n_trials_; t += trial_batch) {
            const std::size_t count = std::min(trial_batch, n_trials_ - t);
            std::uint64_t near[trial_batch], any = 0;
            for (std::size_t g = 0; g < count; ++g)
                any |= near[g] = near_panels(chunk, t + g) & there;
            if (any == 0) continue;
            score_batch(first,
                        {words_.data() + t / trial_batch * batch_words(), constants_.data() + t,
                         count, rest_.data() + t},
                        near, any, {candidates.bits + t, candidates.stride, candidates.panels + t},
                        reductions + t);
        }
        if (rows_.rest(0) == nullptr) return;
        std::size_t n_marked = 0;
        for (std::size_t t = 0; t < n_trials_; ++t) {
            n_marked += static_cast<std::size_t>(__builtin_popcountll(candidates.panels[t]));
        }
        n_marked_.fetch_add(n_marked, std::memory_order_relaxed);
    }

    // Distances of listed places, ascending: of one chunk, so that each panel has one writer.
    void lower(const ListedRows& listed) override {
        // With an order boxes profit from the least radius, so that it is always found anew.
        const Int16Limits limits{limits_.data(),
                                 rows_.half_squares(0),
                                 radius_.data(),
                                 slack_.data(),
                                 static_cast<float>(rows_.unit() * rows_.unit()),
                                 static_cast<float>(2.0 * rows_.residual()),
                                 order() == nullptr ? few_rows : 1};
        kernels().lower_limits(listed.places.data(), listed.distances.data(), listed.count, limits);
    }

  private:
    std::size_t batch_words() const { return rows_.n_pairs() * trial_batch; }

    // One bit a panel of the chunk: some of its rows may be nearer to the trial than to a seed.
    // Rows that are not sorted have no boxes: any of them may.
    std::uint64_t near_panels(std::size_t chunk, std::size_t t) const {
        const std::size_t first = chunk * chunk_panels;
        if (order() == nullptr) return ~std::uint64_t{0};
        return kernels().near_boxes({rows_.lowest() + first, rows_.highest() + first,
                                     radius_.data() + first, rows_.stride(), points_.n_features()},
                                    places_.data() + t * points_.n_features());
    }

    // One batch over the panels in `any`. Weights are read for these panels only, by place; each
    // panel's slack then counts for its heaviest row, which bounds the others.
    void score_batch(std::size_t first, const Int16Trials& trials, const std::uint64_t* near,
                     std::uint64_t any, const CandidateMasks& candidates,
                     Reduction* reductions) const {
        float sums[trial_batch * panel_rows] = {}, slacks[trial_batch] = {};
        float weights[chunk_rows], slack[chunk_panels];
        Int16PanelsView panels{rows_.panel(first),
                               rows_.n_pairs(),
                               limits_.data() + first * panel_rows,
                               nullptr,
                               slack_.data() + first,
                               rules_out_ ? rows_.rest(first) : nullptr,
                               rows_.n_first()};
        if (points_.weights() != nullptr) {
            for (std::uint64_t left = any; left != 0; left &= left - 1) {
                const auto p = static_cast<std::size_t>(__builtin_ctzll(left));
                slack[p] = slack_[first + p] *
                           load_weights(points_, order(), first + p, weights + p * panel_rows);
            }
            panels.weights = weights;
            panels.slack = slack;
        }
        std::size_t n_wanted = 0;
        for (std::size_t g = 0; g < trials.count; ++g) {
            n_wanted += static_cast<std::size_t>(__builtin_popcountll(near[g]));
        }
        // Together where most want most of the panels; else each goes alone over its own.
        if (trials_go_together(n_wanted, trials.count,
                               static_cast<std::size_t>(__builtin_popcountll(any)))) {
            kernels().trial_reductions_int16(panels, any, trials, sums, slacks, candidates);
        } else {
            for (std::size_t g = 0; g < trials.count; ++g) {
                kernels().trial_reductions_int16(
                    panels, near[g], {trials.words + g, trials.constants + g, 1, trials.rest + g},
                    sums + g * panel_rows, slacks + g,
                    {candidates.bits + g, candidates.stride, candidates.panels + g});
            }
        }
        for (std::size_t g = 0; g < trials.count; ++g) {
            add_reduction(sums + g * panel_rows, static_cast<double>(slacks[g]), reductions[g]);
        }
    }

    // The true reduction lies between sum - slack and sum, here in halves of quantizer units: the
    // middle is the amount, half of the slack the error, and float32 sums take a share of both.
    void add_reduction(const float* sums, double slack, Reduction& amount) const {
        double sum = 0.0;
        for (std::size_t r = 0; r < panel_rows; ++r) sum += static_cast<double>(sums[r]);
        const double unit = 2.0 / (rows_.unit() * rows_.unit());
        amount.amount += (sum - 0.5 * slack) * unit;
        amount.error += (0.5 * slack + 0x1p-16 * (sum + slack)) * unit;
    }

    const DensePoints<T>& points_;
    std::unique_ptr<Int16Panels> own_;
    const Int16Panels& rows_;
    Buffer<std::int32_t> limits_;
    Buffer<float> radius_, slack_;  // by panel: the largest R, and how far scores may be too large
    std::size_t n_trials_ = 0;
    std::vector<std::int32_t> words_, constants_, rest_;
    // Panels that had candidates, of each trial; and whether the first pairs may rule trials out.
    mutable std::atomic<std::size_t> n_marked_{0};
    bool rules_out_ = false;
    std::vector<float> places_;
};

}  // namespace

// `own`: the rows are packed for this seeding, and go with the filter.
template <class T>
std::unique_ptr<TrialFilter<T>> make_int16_trial_filter(const DensePoints<T>& points,
                                                        std::size_t n_seeds, int n_threads) {
    const bool sorted = sorted_seeding_pays({points.n_rows(), points.n_features(), n_seeds});
    auto own = std::make_unique<Int16Panels>(points, sorted, n_threads);
    if (!own->usable()) return nullptr;
    const Int16Panels& rows = *own;
    return std::make_unique<Int16TrialFilter<T>>(points, rows, std::move(own));
}

template std::unique_ptr<TrialFilter<float>> make_int16_trial_filter(const DensePoints<float>&,
                                                                     std::size_t, int);
template std::unique_ptr<TrialFilter<double>> make_int16_trial_filter(const DensePoints<double>&,
                                                                      std::size_t, int);

}  // namespace kwise
