#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace visavis {

/// "1 person", "12 people".
template <std::integral Count>
std::string counted(Count count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

template <std::integral Count>
std::string counted_people(Count count) {
  return counted(count, "person", "people");
}

template <std::integral Count>
std::string counted_photos(Count count) {
  return counted(count, "photo", "photos");
}

}  // namespace visavis
