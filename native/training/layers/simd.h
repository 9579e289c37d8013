#pragma once

#include <cstddef>
#include <cstring>

namespace visavis {

/// Bytes of the widest vector register the source is compiled for.
#if defined(__AVX512F__)
constexpr std::size_t kVectorBytes = 64;
#elif defined(__AVX__)
constexpr std::size_t kVectorBytes = 32;
#else
constexpr std::size_t kVectorBytes = 16;
#endif

template <class T>
constexpr std::size_t kLanes = kVectorBytes / sizeof(T);

/// GCC's vector extension: operators work lane by lane, comparisons give masks for ?:. For the
/// trainer's kernels only: sources that are compiled with another -march must not include this
/// file.
template <class T>
struct VectorOf {
  typedef T Type __attribute__((vector_size(kVectorBytes)));
};
template <class T>
using Vector = typename VectorOf<T>::Type;

template <class T>
inline Vector<T> load(const T* from) {
  Vector<T> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <class T>
inline void store(T* to, const Vector<T>& v) {
  std::memcpy(to, &v, sizeof v);
}
template <class T>
inline Vector<T> broadcast(T value) {
  return Vector<T>{} + value;
}

}  // namespace visavis
