// The steps of greedy k-means++: draws, scores of all trials by a filter, the choice, and what the
// seed taken changes. docs/decisions/seeding.md has what was measured.
#include "kwise/seeding/kmeans_plusplus.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "kwise/base/parallel.hpp"
#include "kwise/data/int16_panels.hpp"
#include "kwise/dispatch/policy.hpp"
#include "kwise/filters/certified_filter.hpp"
#include "kwise/seeding/seed_distances.hpp"
#include "kwise/seeding/trial_filter.hpp"
#include "kwise/seeding/weighted_draws.hpp"

namespace kwise {
namespace {

// Rough nanoseconds, only to judge whether threads pay: for a panel that is passed over, for each
// feature of a panel and trial, and for each row whose distance is computed.
constexpr double panel_cost = 5.0, pair_cost = 0.6, row_cost = 10.0;
// The steps of one seeding. What is drawn and chosen depends on canonical distances alone
// (nearest_); the filter says which rows need not be measured. Places are those of the filter's
// order, rows those of the data; without an order they are the same.
template <class T>
class Seeding {
  public:
    Seeding(const DensePoints<T>& points, std::size_t n_seeds, std::size_t n_trials, int n_threads,
            std::int32_t* labels, TrialFilterKind kind)
        : points_(points),
          n_in_all_(n_seeds),
          n_trials_(n_trials),
          n_threads_(n_threads),
          nearest_(points, labels),
          bits_(points.n_panels() * n_trials),
          candidate_panels_(points.n_chunks() * n_trials),
          listed_(static_cast<std::size_t>(std::max(1, n_threads))) {
        // What beside the rows is kept at once is held to about one copy of the data: forms of
        // other stages are given back first.
        // Beside the filter: a row's distance, its label and its candidate masks.
        const std::size_t other_bytes =
            sizeof(T) + (labels == nullptr ? 0 : sizeof(std::int32_t)) + 1;
        points.release_int16();
        points.release_panels(Int16Panels::bytes_a_row(points.n_features()) + other_bytes);
        // A named filter stays, so that tests can compare all with the definition; int16 that
        // cannot hold the rows gives way all the same.
        may_fail_ = kind == TrialFilterKind::automatic;
        const double largest =
            *std::max_element(points.column_largest().begin(), points.column_largest().end());
        if (kind == TrialFilterKind::triangle ||
            (may_fail_ && triangle_pays(largest, points.variance()))) {
            filter_ = make_triangle_trial_filter(points, nearest_.distances());
            is_triangle_ = true;
        } else if (kind != TrialFilterKind::float32) {
            filter_ = make_int16_trial_filter(points, n_seeds, n_threads);
        }
        if (filter_ == nullptr) fall_back();
    }

    // The first seed: its distances become the potential. All rows are nearest to it, so nothing is
    // filtered; the filter then learns all distances.
    void start(std::size_t row) {
        prepare({row});
        sweep(0);
        potential_ = nearest_.potential();
        n_seeds_ = 1;
        filter_->take_seed(trials_.row(0));
        lower_all();
    }

    // One more seed, from n_trials uniforms: draws the trials' rows by distance, scores them in one
    // pass, takes the best. Returns its row.
    std::size_t step(const double* uniforms) {
        // Targets in the running sum of distances: a row is drawn with probability proportional to
        // its own.
        std::vector<double> targets(n_trials_);
        // In T, where scikit-learn's is.
        const double potential = potential_to_draw_by<T>(potential_, points_.n_rows());
        for (std::size_t t = 0; t < n_trials_; ++t) targets[t] = uniforms[t] * potential;
        prepare(look_up_running_sum(nearest_.distances(), points_.weights(), points_.n_rows(),
                                    nearest_.panel_sums(), targets));
        score();
        // Not before the scores are used: the candidates are this filter's.
        const bool fails = may_fail_ && filter_->fails();
        const std::size_t best = choose();
        take(best);
        if (fails) fall_back();
        return trial_rows_[best];
    }

  private:
    // Where a filter tells too little, for good: from measuring what the triangle inequality leaves
    // to int16, from there to float32. Places become those of the new filter, which must learn the
    // distances so far.
    void fall_back() {
        filter_.reset();
        if (std::exchange(is_triangle_, false)) {
            filter_ = make_int16_trial_filter(points_, n_in_all_, n_threads_);
        }
        if (filter_ == nullptr) {
            points_.ensure_panels(n_threads_);
            filter_ = make_float32_trial_filter(points_);
            may_fail_ = false;
        }
        if (n_seeds_ > 0) lower_all();
    }

    // Tells the filter the distances of all rows, or of those that trial t might bring nearer.
    void lower_all() {
        take_over([&](std::size_t chunk, ListedRows& listed) {
            listed.all(chunk, points_.n_rows());
            listed.look_up(filter_->order());
        });
    }
    void lower_candidates(std::size_t t) {
        take_over([&](std::size_t chunk, ListedRows& listed) { list(chunk, t, listed); });
    }
    // Calls list_rows for every chunk, and hands their present distances to the filter.
    template <class List>
    void take_over(const List& list_rows) {
        const T* const distances = nearest_.distances();
        for_chunks(row_cost * static_cast<double>(points_.n_rows()),
                   [&](std::size_t chunk, ListedRows& listed) {
                       list_rows(chunk, listed);
                       for (std::size_t j = 0; j < listed.count; ++j) {
                           listed.distances[j] = static_cast<double>(distances[listed.rows[j]]);
                       }
                       filter_->lower(listed);
                   });
    }

    // Nanoseconds to measure a row.
    double row_work() const { return row_cost + static_cast<double>(points_.n_features()); }

    // The rows that are tried, in float64; more than one trial may be the same row. The filter
    // needs no trials for the first seed, which is taken unseen.
    void prepare(const std::vector<std::size_t>& rows) {
        trial_rows_ = rows;
        trials_ = ExactCenters{rows.size(), points_.padded(), {}};
        trials_.values.resize(rows.size() * points_.padded());
        for (std::size_t t = 0; t < rows.size(); ++t) {
            points_.exact_row(rows[t], trials_.values.data() + t * points_.padded());
        }
        if (n_seeds_ > 0) filter_->prepare(rows, trials_);
    }

    // Every chunk with its thread's lists.
    template <class Function>
    void for_chunks(double nanoseconds, const Function& function) {
        parallel_for(points_.n_chunks(), useful_threads(nanoseconds, n_threads_),
                     [&](std::size_t chunk, int worker) {
                         function(chunk, listed_[static_cast<std::size_t>(worker)]);
                     });
    }

    // How much each trial would lower the potential, as certain bounds; and for each trial and
    // panel the places that it might bring nearer.
    // Reductions are added up by chunk, then over chunks in order: the same on any number of
    // threads.
    void score() {
        const std::size_t n_chunks = points_.n_chunks();
        std::vector<Reduction> reductions(n_chunks * n_trials_);
        const double pairs = filter_->share_read() * static_cast<double>(n_trials_) *
                             static_cast<double>(points_.n_features() + 4);
        for_chunks(static_cast<double>(points_.n_panels()) * (panel_cost + pair_cost * pairs),
                   [&](std::size_t chunk, ListedRows&) {
                       // Panels not marked here mean nothing in bits_: the filter sets those that
                       // it looks at.
                       const CandidateMasks candidates = candidates_of(chunk);
                       std::fill(candidates.panels, candidates.panels + n_trials_,
                                 std::uint64_t{0});
                       filter_->score(chunk, candidates, reductions.data() + chunk * n_trials_);
                   });
        // Chunk by chunk, so that bounds are the same on any number of threads: they decide how
        // much is computed.
        reductions_.assign(n_trials_, Reduction{});
        for (std::size_t at = 0; at < reductions.size(); ++at) {
            reductions_[at % n_trials_].amount += reductions[at].amount;
            reductions_[at % n_trials_].error += reductions[at].error;
        }
    }

    // The first trial with the lowest potential, compared in T as scikit-learn does. Rivals are
    // trials whose potential may be as low as the best's, once errors of both bounds and T's
    // rounding are allowed for; only among them exact potentials are needed.
    std::size_t choose() {
        std::size_t best = 0;
        for (std::size_t t = 1; t < n_trials_; ++t) {
            if (reductions_[t].amount > reductions_[best].amount) best = t;
        }
        // Potentials this near to each other may be one number in T; sums of as many panels and
        // chunks are rounded on the way.
        const double n_added = static_cast<double>(points_.n_chunks() + chunk_panels + panel_rows);
        const double rounding =
            2.0 * potential_ * (std::numeric_limits<T>::epsilon() + n_added * 0x1p-52);
        const double certain = reductions_[best].amount - reductions_[best].error - rounding;
        std::vector<std::size_t> rivals;
        bool same_row = true;
        for (std::size_t t = 0; t < n_trials_; ++t) {
            if (t != best && reductions_[t].amount + reductions_[t].error < certain) continue;
            rivals.push_back(t);
            // Trials of one row have one potential: the first of them is what comparing would
            // choose.
            same_row &= trial_rows_[t] == trial_rows_[rivals.front()];
        }
        // No potential is needed to choose among equals.
        if (same_row) return rivals.front();
        ++n_undecided_;
        std::size_t winner = rivals.front();
        T lowest = exact_potential(winner);
        for (std::size_t j = 1; j < rivals.size(); ++j) {
            const T potential = exact_potential(rivals[j]);
            if (potential < lowest) {
                lowest = potential;
                winner = rivals[j];
            }
        }
        return winner;
    }

    // What the potential would be: distances are changed, summed up, and set back. Two passes: all
    // chunks must be changed before any sums are made, since in the filter's order a panel of the
    // data's may have rows in several chunks.
    T exact_potential(std::size_t t) {
        const double work = row_cost * static_cast<double>(points_.n_rows());
        for_chunks(work, [&](std::size_t chunk, ListedRows& listed) {
            list(chunk, t, listed);
            nearest_.try_out(chunk, listed, trials_.row(t));
        });
        // In a fixed order, so that what is compared is the same everywhere.
        const double potential = add_up(true);
        for_chunks(work, [&](std::size_t chunk, ListedRows&) { nearest_.set_back(chunk); });
        return static_cast<T>(potential);
    }

    // Makes trial t a seed. In the data's order each chunk is measured and added up at once. In the
    // filter's order either the candidates alone are measured, and sums follow in a pass of their
    // own, or, where these touch most panels, all rows in the data's order, of which the filter
    // then learns the candidates.
    void take(std::size_t t) {
        filter_->take_seed(trials_.row(t));
        if (filter_->order() == nullptr) {
            take_listed(t);
            potential_ = nearest_.potential();
        } else if (sweep_pays(n_candidate_panels(t), points_.n_panels())) {
            sweep(t);
            lower_candidates(t);
            potential_ = nearest_.potential();
        } else {
            take_listed(t);
            potential_ = add_up(false);
        }
        ++n_seeds_;
        // Undecided steps cost exact potentials; where there are many the int16 filter only costs.
        if (may_fail_ && trial_filter_fails(n_undecided_, n_seeds_)) {
            fall_back();
        }
    }

    // Looks at the rows that it might bring nearer, by place. Their number is the guess for the
    // next step's work.
    void take_listed(std::size_t t) {
        const bool in_place = filter_->order() == nullptr;
        for_chunks(row_work() * static_cast<double>(n_listed_),
                   [&](std::size_t chunk, ListedRows& listed) {
                       list(chunk, t, listed);
                       listed.n_looked_at += listed.count;
                       nearest_.lower(listed, trials_.row(t), n_seeds_);
                       if (listed.count == 0) return;
                       filter_->lower(listed);
                       if (in_place) nearest_.add_up(chunk);
                   });
        n_listed_ = 0;
        for (ListedRows& listed : listed_) n_listed_ += std::exchange(listed.n_looked_at, 0);
    }

    // Looks at all rows, one after the other, without the filter. Right for any trial: measuring
    // more rows than candidates changes nothing, as others are not nearer.
    void sweep(std::size_t t) {
        for_chunks(row_work() * static_cast<double>(points_.n_rows()),
                   [&](std::size_t chunk, ListedRows& listed) {
                       listed.all(chunk, points_.n_rows());
                       nearest_.lower(listed, trials_.row(t), n_seeds_);
                       nearest_.add_up(chunk);
                   });
    }

    // Panels that it might bring nearer to some row.
    std::size_t n_candidate_panels(std::size_t t) const {
        std::size_t n = 0;
        for (std::size_t at = t; at < candidate_panels_.size(); at += n_trials_) {
            n += static_cast<std::size_t>(std::popcount(candidate_panels_[at]));
        }
        return n;
    }

    CandidateMasks candidates_of(std::size_t chunk) {
        return {bits_.data() + chunk * chunk_panels * n_trials_, n_trials_,
                candidate_panels_.data() + chunk * n_trials_};
    }

    // The rows of a chunk that trial t might bring nearer.
    void list(std::size_t chunk, std::size_t t, ListedRows& listed) {
        const CandidateMasks candidates = candidates_of(chunk);
        listed.count = kernels().list_places(
            candidates.bits + t, candidates.stride, candidates.panels[t],
            static_cast<std::uint32_t>(chunk * chunk_rows), listed.places.data());
        listed.look_up(filter_->order());
    }

    // `tried`: sums beside the kept ones; see SeedDistances::add_up.
    double add_up(bool tried) {
        for_chunks(static_cast<double>(points_.n_panels()) * panel_cost * 2,
                   [&](std::size_t chunk, ListedRows&) { nearest_.add_up(chunk, tried); });
        return nearest_.potential(tried);
    }

    const DensePoints<T>& points_;
    std::size_t n_in_all_, n_trials_;  // seeds, and trials of each
    int n_threads_;
    SeedDistances<T> nearest_;
    std::unique_ptr<TrialFilter<T>> filter_;
    bool may_fail_ = false, is_triangle_ = false;
    Buffer<std::uint32_t> bits_;  // by panel and trial: rows that the trial might bring nearer
    Buffer<std::uint64_t> candidate_panels_;  // by chunk and trial: panels with such rows
    std::vector<ListedRows> listed_;
    std::vector<std::size_t> trial_rows_;
    ExactCenters trials_;
    std::vector<Reduction> reductions_;
    std::size_t n_seeds_ = 0, n_undecided_ = 0, n_listed_ = 0;
    double potential_ = 0.0;
};

}  // namespace

// See the header. Labels: all rows belong to seed 0 until a later one is nearer; places past the
// last row get 0, which can be looked up.
template <class T>
std::vector<std::size_t> kmeans_plusplus(const DensePoints<T>& points, std::size_t n_clusters,
                                         const double* uniforms, std::size_t n_trials,
                                         int n_threads, std::int32_t* labels,
                                         TrialFilterKind kind) {
    // The first by weight alone.
    std::vector<std::size_t> seeds{draw_weighted(points.weights(), points.n_rows(), uniforms[0])};
    if (labels != nullptr) std::fill(labels, labels + points.n_panels() * panel_rows, 0);
    if (n_clusters == 1) return seeds;
    const bool is_short = regions_are_short({points.n_rows(), points.n_features(), n_clusters});
    const AwakeHelpers helpers(points.n_chunks(), is_short ? n_threads : 1);
    Seeding<T> seeding(points, n_clusters, n_trials, n_threads, labels, kind);
    seeding.start(seeds[0]);
    for (std::size_t c = 1; c < n_clusters; ++c) {
        // Also between seeds, where chunks are few.
        poll_interrupt();
        seeds.push_back(seeding.step(uniforms + 1 + (c - 1) * n_trials));
    }
    return seeds;
}

template std::vector<std::size_t> kmeans_plusplus(const DensePoints<float>&, std::size_t,
                                                  const double*, std::size_t, int, std::int32_t*,
                                                  TrialFilterKind);
template std::vector<std::size_t> kmeans_plusplus(const DensePoints<double>&, std::size_t,
                                                  const double*, std::size_t, int, std::int32_t*,
                                                  TrialFilterKind);

}  // namespace kwise
