#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace visavis {

/// Aligned to a cache line; large arrays to huge pages, which the kernel is asked for: a batch's
/// values are gigabytes, and in pages of 4 KiB address translation alone would cost a good part of
/// a training step.
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
    // Refused or not, the memory is sound.
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
