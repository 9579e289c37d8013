#include "native/system/npy.h"

#include <bit>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

static_assert(std::endian::native == std::endian::little, "'<f4' is written as it lies in memory");

/// numpy.lib.format, version 1.0: magic, version, header length, a Python dictionary padded with
/// blanks so that the data begins at a multiple of 64.
std::string npy_header(std::size_t rows, std::size_t columns) {
  std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                           std::to_string(rows) + ", " + std::to_string(columns) + "), }";
  constexpr std::size_t kPrefix = 10;
  const std::size_t used = kPrefix + dictionary.size() + 1;
  dictionary.append((64 - used % 64) % 64, ' ');
  dictionary += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(dictionary.size() & 0xFFU);
  header += static_cast<char>(dictionary.size() >> 8U);
  return header + dictionary;
}

}  // namespace

void write_npy(std::ostream& out, const std::vector<float>& values, std::size_t rows,
               std::size_t columns) {
  if (values.size() != rows * columns) {
    throw Error(ErrorCode::kInvalidArgument, "NumPy array: " + std::to_string(values.size()) +
                                                 " values do not fill " + std::to_string(rows) +
                                                 "x" + std::to_string(columns));
  }
  out << npy_header(rows, columns);
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(float)));
}

}  // namespace visavis
