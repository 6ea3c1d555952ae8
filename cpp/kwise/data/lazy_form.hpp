// Data: a slot for one form of the rows, made when it is first asked for and given back when it
// costs more memory than it is worth. Called by data/dense_points, which owns one for each form but
// Morton order's rows, which the runs that read them share.
#pragma once

#include <memory>
#include <mutex>

namespace kwise {

template <class Form>
class LazyForm {
  public:
    // The form, by make() (a std::unique_ptr<Form>) unless it is there. One thread makes it, the
    // others that ask wait; it is whole before it is kept, so that an interrupt leaves no half.
    template <class Make>
    const Form& get(const Make& make) {
        std::lock_guard<std::mutex> lock(mutex_);
        if (form_ == nullptr) form_ = make();
        return *form_;
    }
    // Gives the form back where it is there and gives_back(form). Not while others read it.
    template <class Condition>
    void release_if(const Condition& gives_back) {
        std::lock_guard<std::mutex> lock(mutex_);
        if (form_ != nullptr && gives_back(*form_)) form_.reset();
    }
    // The form if it is there, else null. Not while it is made or given back.
    const Form* peek() const { return form_.get(); }

  private:
    std::mutex mutex_;
    std::unique_ptr<Form> form_;
};

}  // namespace kwise
