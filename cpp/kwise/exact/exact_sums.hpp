// Exact: weighted sums of rows per center that are exact, and so do not depend on the order of
// adding: the reason why results are the same on any number of threads, with any chunking and
// algorithm. Called by exact/, sparse/, assign/ and lloyd/.
//
// Each value is split into parts, every part a multiple of a unit of its own that is chosen from
// the largest value of its feature and the number of rows such that no float64 sum of the parts
// can round (pre-rounding: Demmel and Nguyen, "Fast reproducible floating-point summation", ARITH
// 2013). A part keeps 50 bits less the bits of the number of rows; two parts serve unweighted
// float32 data of fewer than 2^25 rows, three all else. Adding and later subtracting a row leaves
// nothing behind. The units may be those of more rows than are here: sums of parts of a data set,
// each made in the units of all its rows, are merged by plain addition, in any order.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

#include "kwise/dispatch/row_view.hpp"

namespace kwise {

// How large the values to add can be. `largest` has `padded` entries, and must outlive the
// constructor only. Exceeding a range breaks exactness, silently.
struct ColumnRanges {
    std::size_t n_rows, padded;
    const double* largest;  // absolute value of each feature
    double largest_weight;
    bool few_digits;  // unweighted float32 values

    // Of dense, sparse or ordered points.
    template <class PointsType>
    static ColumnRanges of(const PointsType& points) {
        return {points.n_rows(), points.padded(), points.column_largest().data(),
                points.largest_weight(),
                std::is_same_v<typename PointsType::Value, float> && points.weights() == nullptr};
    }
};

// Not for several threads at once: each worker of an assignment has its own (WorkerSums).
class ExactSums {
  public:
    ExactSums(const ColumnRanges& ranges, std::size_t n_centers);
    template <class PointsType>
    ExactSums(const PointsType& points, std::size_t n_centers)
        : ExactSums(ColumnRanges::of(points), n_centers) {}

    // Empty sums of the same rows by so many centers.
    ExactSums empty_copy(std::size_t n_centers) const;
    // The same rows by other centers: what center c holds goes to `to[c]`.
    ExactSums regrouped(const std::vector<std::size_t>& to, std::size_t n_centers) const;

    // Where the kernels add; every center that they touch is flagged there.
    SumsView view() {
        return {sums_.data(), mass_.data(), magic_.data(), mass_magic_.data(),
                padded_,      n_parts_,     dirty_.size(), dirty_.data()};
    }
    // Moves all that `other` holds into this, and leaves it empty.
    void absorb(ExactSums& other);
    // Adds what the first center of `other` holds to one of these.
    void absorb_one(const ExactSums& other, std::size_t center);
    // What is held, part by part: n_centers blocks of n_parts() rows of padded() values, and
    // n_centers blocks of n_parts() values.
    const std::vector<double>& sum_parts() const { return sums_; }
    const std::vector<double>& mass_parts() const { return mass_; }
    std::size_t n_parts() const { return n_parts_; }
    std::size_t n_centers() const { return dirty_.size(); }
    std::size_t padded() const { return padded_; }
    // Adds what sums in the same units hold, elsewhere or before.
    void add(const double* sum_parts, const double* mass_parts);
    void clear();

    double mass(std::size_t center) const { return total(mass_.data() + center * n_parts_, 1, 0); }
    double sum(std::size_t center, std::size_t i) const {
        return total(sums_.data() + center * n_parts_ * padded_, padded_, i);
    }
    // The sums of the first n_features features, rounded: the exact parts added up, the smallest
    // first. As total(), value by value, in loops that compilers make vectors of.
    void write_sums(std::size_t center, std::size_t n_features, double* to) const {
        const double* const parts = sums_.data() + center * n_parts_ * padded_;
        for (std::size_t i = 0; i < n_features; ++i) to[i] = 0.0;
        for (std::size_t part = n_parts_; part-- > 0;) {
            for (std::size_t i = 0; i < n_features; ++i) to[i] += parts[part * padded_ + i];
        }
    }

  private:
    ExactSums() = default;
    // The smaller parts first, for the least rounding.
    double total(const double* parts, std::size_t stride, std::size_t i) const {
        double sum = 0.0;
        for (std::size_t part = n_parts_; part-- > 0;) sum += parts[part * stride + i];
        return sum;
    }
    std::size_t padded_ = 0, n_parts_ = 0;
    std::vector<double> sums_, mass_, magic_, mass_magic_;
    // Centers whose sums were moved to or from since it was absorbed or cleared.
    std::vector<unsigned char> dirty_;
};

// Where one worker of an assignment adds: the caller to the sums themselves, others to sums of
// their own, which are made when they are first needed. They are kept from assignment to
// assignment, empty in between. Since all is exact, it does not matter which worker adds what.
class WorkerSums {
  public:
    void begin(ExactSums& total, bool is_caller) {
        total_ = &total;
        is_caller_ = is_caller;
    }
    // Called for every chunk: the first time may allocate.
    SumsView view() {
        if (is_caller_) return total_->view();
        if (own_ == nullptr)
            own_ = std::make_unique<ExactSums>(total_->empty_copy(total_->n_centers()));
        return own_->view();
    }
    // After the assignment, on the caller's thread.
    void end() {
        if (own_ != nullptr) total_->absorb(*own_);
    }

  private:
    ExactSums* total_ = nullptr;
    bool is_caller_ = false;
    std::unique_ptr<ExactSums> own_;
};

}  // namespace kwise
