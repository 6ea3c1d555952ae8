// Checks of Yinyang bounds, without Python: groups are what kernels take at once, bounds and
// margins are below the distances that they stand for, and labels that are said to be certain are
// those by definition, while centers move.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "expect.hpp"
#include "kwise/assign/yinyang_scan.hpp"
#include "samples.hpp"

namespace {

using kwise::panel_rows;

// As many centers as are wanted: rows, some a little off, some far.
std::vector<double> centers_of(const Sample& sample, std::size_t k) {
    std::vector<double> centers;
    for (std::size_t c = 0; c < k; ++c) {
        const double factor = c % 5 == 4 ? -1.0 : 1.0 + 0.003 * static_cast<double>(c / 7);
        for (std::size_t i = 0; i < sample.d; ++i) {
            centers.push_back(sample.X[c * 3 % sample.n * sample.d + i] * factor);
        }
    }
    return centers;
}

void check_order(const kwise::YinyangGroups& groups, std::size_t k, std::size_t limit,
                 const std::string& name) {
    const std::set<std::uint32_t> all(groups.order().begin(), groups.order().end());
    expect(all.size() == k && *all.rbegin() == k - 1, "every center has a place", name);
    for (std::size_t g = 0; g < groups.n_groups(); ++g) {
        expect(groups.size(g) >= 1 && groups.size(g) <= kwise::YinyangGroups::largest,
               "groups are small", name);
        const std::size_t parts = groups.first_block(g + 1) - groups.first_block(g);
        expect(parts >= 1 && parts * limit >= groups.size(g), "kernels take them", name);
        for (std::size_t s = 0; s < groups.size(g); ++s) {
            expect(groups.group_at(groups.first(g) + s) == g, "places have groups", name);
        }
    }
}

struct Case {
    const Sample& sample;
    std::size_t n, k;
    double rate;  // of the centers' moves
};

class Trial {
  public:
    explicit Trial(const Case& what)
        : sample_(what.sample),
          n_(what.n),
          k_(what.k),
          rate_(what.rate),
          d_(what.sample.d),
          start_(centers_of(sample_, k_)),
          drift_(k_, 0.0f),
          labels_(n_, 0),
          rows_(n_) {
        for (std::size_t e = 0; e < n_ * d_; ++e) {
            X_.push_back(sample_.X[e % sample_.X.size()] *
                         (1.0 + 1e-3 * static_cast<double>(e / sample_.X.size())));
        }
        const auto stride = static_cast<std::ptrdiff_t>(d_);
        view_ = {X_.data(), stride, 1, n_, d_, nullptr};
        std::iota(rows_.begin(), rows_.end(), 0u);
    }

    void run() {
        kwise::ScaledInt16Rows scaled_int16(n_, d_);
        std::vector<double> largest(kwise::pad_statistics(d_), 0.0);
        scaled_int16.pack(view_, 0,
                          kwise::PackStatistics<double>{largest.data(), nullptr, nullptr});
        auto centers = kwise::ExactCenters::from(start_.data(), k_, d_);
        kwise::YinyangBounds bounds(scaled_int16, n_, centers, d_);
        const std::size_t limit = kwise::kernels().block_limit;
        check_order(bounds.groups(), k_, limit, sample_.name);
        kwise::YinyangScan scan(scaled_int16, d_, bounds.groups().n_groups());
        std::size_t n_seen = 0, n_all = 0;
        for (int round = 0; round < 6; ++round) {
            centers.set(start_.data(), k_, d_);
            bounds.begin(centers, d_, transform_, static_cast<double>(scaled_int16.worst_ratio()),
                         drift_.data());
            check_round(bounds, scan, centers);
            const auto shifts = move_centers(start_, k_, d_, rate_);
            bounds.centers_moved(shifts, 1.0);
        }
        scan.take_counts(n_seen, n_all);
        if (sample_.name == "uniform" && d_ > 30 && rate_ < 1e-8) {
            expect(n_all == 0 && n_seen == 5 * n_, "groups are passed over", sample_.name);
        }
    }

  private:
    void check_round(kwise::YinyangBounds& bounds, kwise::YinyangScan& scan,
                     const kwise::ExactCenters& centers) {
        std::vector<std::int32_t> found(n_);
        std::vector<float> margins(n_);
        std::vector<std::uint32_t> uncertain, unused;
        scan.scan(bounds, rows_.data(), n_, labels_.data(),
                  {0, found.data(), margins.data(), drift_.data(), &unused}, uncertain);
        const std::set<std::uint32_t> open(uncertain.begin(), uncertain.end());
        std::vector<double> row(kwise::pad_features(d_));
        for (std::size_t r = 0; r < n_; ++r) {
            kwise::exact_row(view_, r, row.data());
            const std::int32_t label = plain_label(row.data(), centers);
            if (open.count(static_cast<std::uint32_t>(r)) == 0) {
                expect(found[r] == label, "certain labels", sample_.name);
                check_bounds(bounds, centers, r, row.data(), label, margins[r]);
            }
            labels_[r] = label;
        }
    }

    void check_bounds(kwise::YinyangBounds& bounds, const kwise::ExactCenters& centers,
                      std::size_t r, const double* row, std::int32_t label, float margin) {
        const auto& groups = bounds.groups();
        long double nearest = std::numeric_limits<long double>::infinity();
        for (std::size_t g = 0; g < groups.n_groups(); ++g) {
            long double least = std::numeric_limits<long double>::infinity();
            for (std::size_t s = 0; s < groups.size(g); ++s) {
                const std::uint32_t c = groups.order()[groups.first(g) + s];
                if (static_cast<std::int32_t>(c) == label) continue;
                least = std::min(least, distance(row, centers.row(c), d_));
            }
            const auto kept = static_cast<long double>(bounds.of_row(r)[g] - bounds.drift_up()[g]);
            expect(kept * static_cast<long double>(bounds.unit()) <= least, "bounds are below",
                   sample_.name);
            nearest = std::min(nearest, least);
        }
        const long double own = distance(row, centers.row(static_cast<std::size_t>(label)), d_);
        expect(static_cast<long double>(margin) <= nearest - own, "margins are certain",
               sample_.name);
    }

    const Sample& sample_;
    std::size_t n_, k_;
    double rate_;
    std::size_t d_;
    std::vector<double> X_, start_;
    std::vector<float> drift_;  // none: margins are those of now
    std::vector<std::int32_t> labels_;
    std::vector<std::uint32_t> rows_;
    kwise::RowView<double> view_;
    kwise::FilterTransform transform_;
};

}  // namespace

int main() {
    for (const std::size_t d : {2, 33, 64, 101, 784}) {
        for (const Sample& sample : samples(d)) {
            // Such data is not packed in scaled int16.
            if (sample.name == "huge" || sample.name == "tiny") continue;
            for (const std::size_t k : {9, 64, 300}) {
                if (k * d > 60'000) continue;
                for (const double rate : {0.0, 1e-9, 1e-6, 1e-3})
                    Trial({sample, 75, k, rate}).run();
            }
        }
    }
    std::printf("%s: %d failures\n", kwise::kernels().name, n_failures);
    return n_failures == 0 ? 0 : 1;
}
