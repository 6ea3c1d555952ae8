// Base: uninitialized memory, aligned for vectors: large arrays are first touched by their workers.
// Called by data/, filters/, bounds/ and predict/. Pages then lie near the workers, and zeroing is
// not done twice.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace kwise {

// Asks for large pages, which the kernel hands out faster than many small ones. Never fails.
void prefer_large_pages(void* data, std::size_t bytes);

// An array of fixed size that is moved, never copied. T must be trivial: nothing is constructed or
// destroyed, and what was not written is garbage. A size of 0 is allowed.
template <class T>
class Buffer {
  public:
    Buffer() = default;
    explicit Buffer(std::size_t size)
        : size_(size), data_(static_cast<T*>(::operator new[](size * sizeof(T), alignment))) {
        prefer_large_pages(data_.get(), size * sizeof(T));
    }
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    std::size_t size() const { return size_; }
    T& operator[](std::size_t i) { return data_.get()[i]; }
    const T& operator[](std::size_t i) const { return data_.get()[i]; }

  private:
    static constexpr std::align_val_t alignment{64};
    struct Delete {
        void operator()(T* data) const { ::operator delete[](data, alignment); }
    };
    std::size_t size_ = 0;
    std::unique_ptr<T[], Delete> data_;
};

}  // namespace kwise
