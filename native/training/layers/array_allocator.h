#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace visavis {

/// Aligns arrays to cache lines, and large ones to huge pages, which it asks the kernel for. A
/// batch's values take gigabytes; with pages of 4 KiB, address translation alone would cost a good
/// part of a training step.
template <class T>
class ArrayAllocator {
 public:
  using value_type = T;

  ArrayAllocator() = default;
  template <class U>
  explicit ArrayAllocator(const ArrayAllocator<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* memory = ::operator new(bytes, alignment(bytes));
#ifdef MADV_HUGEPAGE
    // A refusal does no harm: the memory is usable either way.
    if (bytes >= kHugePage) (void)madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    ::operator delete(memory, alignment(count * sizeof(T)));
  }
  bool operator==(const ArrayAllocator&) const { return true; }

 private:
  static constexpr std::size_t kCacheLine = 64;
  static constexpr std::size_t kHugePage = std::size_t{2} << 20U;
  static std::align_val_t alignment(std::size_t bytes) {
    return std::align_val_t{bytes >= kHugePage ? kHugePage : kCacheLine};
  }
};

}  // namespace visavis
