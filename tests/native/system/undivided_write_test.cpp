#include "native/system/undivided_write.h"

#include <gtest/gtest.h>

#include <memory>

namespace visavis::undivided_write_test {
namespace {

TEST(UndividedWrite, NothingToWaitFor) {
  bool is_called = false;
  after_undivided_writes([&] { is_called = true; });
  EXPECT_TRUE(is_called);
}

TEST(UndividedWrite, TheEndOfTheLastIsWaitedFor) {
  int calls = 0;
  auto first = std::make_unique<UndividedWrite>();
  auto second = std::make_unique<UndividedWrite>();
  after_undivided_writes([&] { ++calls; });
  EXPECT_EQ(calls, 0);
  first.reset();
  EXPECT_EQ(calls, 0);
  second.reset();
  EXPECT_EQ(calls, 1);
  { const UndividedWrite later; }
  EXPECT_EQ(calls, 1) << "once only";
}

}  // namespace
}  // namespace visavis::undivided_write_test
