#include <algorithm>

#include "kwise/seeding/trial_filter.hpp"

namespace kwise {
namespace {

// Reads the points' float32 panels, which must be packed and stay; places are rows. A score |v|^2 -
// 2 x.v of a trial v, less the error band, below a row's threshold says that the trial may be
// nearer; the difference bounds the reduction from above, and the band by how much it is too large.
template <class T>
class Float32TrialFilter : public TrialFilter<T> {
  public:
    explicit Float32TrialFilter(const DensePoints<T>& points)
        : points_(points),
          thresholds_(points.n_panels() * panel_rows),
          largest_norm_(points.n_panels()) {
        // Nothing is nearer than distance 0: until lower() tells a row's distance no trial matters
        // to it.
        std::fill(thresholds_.data(), thresholds_.data() + thresholds_.size(), 0.0f);
        for (std::size_t p = 0; p < points.n_panels(); ++p) {
            largest_norm_[p] = *std::max_element(norms(p), norms(p) + panel_rows);
        }
    }

    // The filter is packed from exact rows, with its bands.
    void prepare(const std::vector<std::size_t>&, const ExactCenters& exact) override {
        filter_.pack(exact, points_.n_features(), points_.transform());
    }

    // Scores and thresholds are those of the filter's transform; reductions are brought back to
    // data units by the square of its scale. Sums are float32 by lane, and float64 from there on.
    void score(std::size_t chunk, const CandidateMasks& candidates,
               Reduction* reductions) const override {
        std::uint32_t* bits = candidates.bits;
        const std::size_t n = filter_.n_centers(), d = points_.n_features();
        const std::size_t end = std::min(points_.n_panels(), (chunk + 1) * chunk_panels);
        // Of squares.
        const double scale = points_.transform().scale * points_.transform().scale;
        std::vector<float> sums(n * panel_rows, 0.0f);
        float weights[panel_rows];
        for (std::size_t p = chunk * chunk_panels; p < end; ++p, bits += n) {
            const float largest = largest_norm_[p];
            // The panel's heaviest row bounds what a band may be worth in all of them.
            const float heaviest = load_weights(points_, nullptr, p, weights);
            const PackedCenters<float> centers = filter_.packed();
            const float* center_block = centers.values;
            for (std::size_t b = 0, first = 0; b < centers.n_blocks; ++b) {
                const std::size_t size = centers.block_sizes[b];
                kernels().trial_reductions_float32(points_.panel(p), d + 1, center_block, size,
                                                   thresholds_.data() + p * panel_rows,
                                                   points_.weights() == nullptr ? nullptr : weights,
                                                   sums.data() + first * panel_rows, bits + first);
                center_block += size * (d + 2);
                first += size;
            }
            // The band of a panel is that of its longest row, once for each row that counts: every
            // row's reduction may be too large by it.
            for (std::size_t t = 0; t < n; ++t) {
                // Padding has norm 0 and may look near.
                bits[t] &= places_of(p);
                if (bits[t] == 0) continue;
                candidates.panels[t] |= std::uint64_t{1} << p % chunk_panels;
                // The last term covers the thresholds' rounding.
                const float band = filter_.band_constant()[t] + filter_.band_slope()[t] * largest +
                                   0x1p-17f * largest * largest;
                reductions[t].error +=
                    static_cast<double>(band * heaviest) * __builtin_popcount(bits[t]) / scale;
            }
        }
        for (std::size_t t = 0; t < n; ++t) {
            double sum = 0.0;
            for (std::size_t r = 0; r < panel_rows; ++r) {
                sum += static_cast<double>(sums[t * panel_rows + r]);
            }
            reductions[t].amount += sum / scale;
            // float32 sums of a chunk: at most 64 numbers and two roundings each a lane.
            reductions[t].error += sum / scale * 0x1p-16;
        }
    }

    // Scores below a row's threshold may mean a smaller distance than the row has: D - |x|^2,
    // rounded up by more than float32 takes off. Distances come in the data's units.
    void lower(const ListedRows& listed) override {
        const float scale =
            static_cast<float>(points_.transform().scale * points_.transform().scale);
        for (std::size_t j = 0; j < listed.count; ++j) {
            const std::size_t row = listed.places[j];
            const float norm = norms(row / panel_rows)[row % panel_rows], square = norm * norm;
            const float near = static_cast<float>(listed.distances[j]) * scale;
            // Bounded by the norm's upper bound, whose error the term beside it covers.
            thresholds_[row] = (near - square) + 0x1p-19f * (near + square);
        }
    }

  private:
    // The places of a panel that have rows.
    std::uint32_t places_of(std::size_t p) const {
        const std::size_t count = std::min(panel_rows, points_.n_rows() - p * panel_rows);
        return count == panel_rows ? ~0u : (1u << count) - 1u;
    }
    const float* norms(std::size_t p) const {
        return points_.panel(p) + points_.n_features() * panel_rows;
    }

    const DensePoints<T>& points_;
    Buffer<float> thresholds_, largest_norm_;
    FilterCenters<float> filter_;
};

}  // namespace

// Shared by both filters: in the filter's order, or in place. Rows past the end weigh nothing, and
// so reduce nothing.
template <class T>
float load_weights(const DensePoints<T>& points, const std::uint32_t* order, std::size_t panel,
                   float* weights) {
    if (points.weights() == nullptr) return 1.0f;
    float heaviest = 0.0f;
    for (std::size_t r = 0; r < panel_rows; ++r) {
        const std::size_t place = panel * panel_rows + r;
        weights[r] = 0.0f;
        if (place >= points.n_rows()) continue;
        weights[r] = static_cast<float>(points.weight(order == nullptr ? place : order[place]));
        heaviest = std::max(heaviest, weights[r]);
    }
    return heaviest;
}

template <class T>
std::unique_ptr<TrialFilter<T>> make_float32_trial_filter(const DensePoints<T>& points) {
    return std::make_unique<Float32TrialFilter<T>>(points);
}

template float load_weights(const DensePoints<float>&, const std::uint32_t*, std::size_t, float*);
template float load_weights(const DensePoints<double>&, const std::uint32_t*, std::size_t, float*);
template std::unique_ptr<TrialFilter<float>> make_float32_trial_filter(const DensePoints<float>&);
template std::unique_ptr<TrialFilter<double>> make_float32_trial_filter(const DensePoints<double>&);

}  // namespace kwise
