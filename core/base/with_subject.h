#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace visavis {

/// Returns what `work` returns. Prefixes the message of an Error that it throws with "SUBJECT: ",
/// unless it begins so already.
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
