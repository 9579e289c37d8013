#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace visavis {

using Bytes = std::vector<std::uint8_t>;

inline Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

/// Expects that `load` throws kInvalidArgument on one line for the bytes cut at every length, with
/// every single bit turned round, and with a byte more. Only for what has a checksum.
template <class Load>
void expect_all_damage_refused(const Bytes& sound, Load load) {
  const auto expect_refused = [&](const Bytes& bytes, const std::string& damage) {
    try {
      load(bytes);
      ADD_FAILURE() << damage << ": was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument) << damage << ": " << error.what();
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("\n"))) << damage;
    }
  };
  for (std::size_t size = 0; size < sound.size(); ++size) {
    expect_refused({sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)},
                   "cut to " + std::to_string(size) + " bytes");
  }
  for (std::size_t bit = 0; bit < 8 * sound.size(); ++bit) {
    Bytes turned = sound;
    turned[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    expect_refused(turned, "bit " + std::to_string(bit));
  }
  Bytes longer = sound;
  longer.push_back(0);
  expect_refused(longer, "a byte more");
}

/// As before there were checksums: `load` may read what was altered, but throws nothing but an
/// Error on one line.
template <class Load>
void expect_damage_does_no_harm(const Bytes& sound, Load load) {
  const auto try_to_load = [&](const Bytes& bytes) {
    try {
      load(bytes);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("\n")));
    }
  };
  for (std::size_t size = 0; size < sound.size(); ++size) {
    try_to_load({sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  for (std::size_t i = 0; i < sound.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      Bytes altered = sound;
      altered[i] = static_cast<std::uint8_t>(value);
      try_to_load(altered);
    }
  }
}

}  // namespace visavis
