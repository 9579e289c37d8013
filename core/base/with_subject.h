#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace visavis {

/// What `work` returns; an Error that it throws gets "SUBJECT: " in front, unless it begins so.
template <class Work>
auto with_subject(const std::string& subject, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    const std::string prefix = subject + ": ";
    if (std::string_view(error.what()).starts_with(prefix)) throw;
    throw Error(error.code(), prefix + error.what());
  }
}

}  // namespace visavis
