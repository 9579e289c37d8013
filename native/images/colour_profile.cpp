#include "native/images/colour_profile.h"

#include <lcms2.h>

#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

namespace visavis {
namespace {

struct ProfileDeleter {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using Profile = std::unique_ptr<void, ProfileDeleter>;

struct TransformDeleter {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
using Transform = std::unique_ptr<void, TransformDeleter>;

/// Samples between pixels count as extra, so that in and out are of one size and share the memory.
struct Formats {
  cmsColorSpaceSignature space;
  cmsUInt32Number in;
  cmsUInt32Number out;
};

constexpr cmsUInt32Number kGreyOfThree =
    COLORSPACE_SH(PT_GRAY) | EXTRA_SH(2) | CHANNELS_SH(1) | BYTES_SH(1);
constexpr cmsUInt32Number kGreyOfFour =
    COLORSPACE_SH(PT_GRAY) | EXTRA_SH(3) | CHANNELS_SH(1) | BYTES_SH(1);

Formats formats_of(PixelLayout layout) {
  switch (layout) {
    case PixelLayout::kRgb:
      return {cmsSigRgbData, TYPE_RGB_8, TYPE_RGB_8};
    case PixelLayout::kRgba:
      return {cmsSigRgbData, TYPE_RGBA_8, TYPE_RGBA_8};
    case PixelLayout::kGreyInRgb:
      return {cmsSigGrayData, kGreyOfThree, TYPE_RGB_8};
    case PixelLayout::kGreyInRgba:
      return {cmsSigGrayData, kGreyOfFour, TYPE_RGBA_8};
    case PixelLayout::kCmyk:
      return {cmsSigCmykData, TYPE_CMYK_8, TYPE_RGBA_8};
    case PixelLayout::kInvertedCmyk:
      break;
  }
  return {cmsSigCmykData, TYPE_CMYK_8_REV, TYPE_RGBA_8};
}

/// Messages of Little CMS about broken profiles would go to stderr otherwise.
void be_silent(cmsContext /*context*/, cmsUInt32Number /*code*/, const char* /*text*/) {}

Transform make_transform(cmsHPROFILE from, const Formats& formats) {
  const Profile srgb(cmsCreate_sRGBProfile());
  return Transform(
      cmsCreateTransform(from, formats.in, srgb.get(), formats.out, INTENT_PERCEPTUAL, 0));
}

/// Most photos name sRGB as their profile; converting those takes time and changes nothing but
/// roundings.
bool changes_nothing(cmsHTRANSFORM transform) {
  constexpr int kSteps = 8;
  std::vector<std::uint8_t> before;
  for (int red = 0; red <= kSteps; ++red) {
    for (int green = 0; green <= kSteps; ++green) {
      for (int blue = 0; blue <= kSteps; ++blue) {
        for (const int value : {red, green, blue}) {
          before.push_back(static_cast<std::uint8_t>(255 * value / kSteps));
        }
      }
    }
  }
  std::vector<std::uint8_t> after(before.size());
  cmsDoTransform(transform, before.data(), after.data(),
                 static_cast<cmsUInt32Number>(before.size() / 3));
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (std::abs(before[i] - after[i]) > 1) return false;
  }
  return true;
}

cmsToneCurve* make_curve(std::optional<double> gamma) {
  if (gamma) return cmsBuildGamma(nullptr, *gamma);
  constexpr std::array<double, 5> kSrgb{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  return cmsBuildParametricToneCurve(nullptr, 4, kSrgb.data());
}

}  // namespace

struct ColourProfile::Impl {
  Profile profile;
  Profile grey;  ///< For pixels of one sample; null where `profile` itself is asked.
};

ColourProfile::ColourProfile() = default;
ColourProfile::~ColourProfile() = default;
ColourProfile::ColourProfile(ColourProfile&&) noexcept = default;
ColourProfile& ColourProfile::operator=(ColourProfile&&) noexcept = default;

ColourProfile ColourProfile::from_icc(std::span<const std::uint8_t> icc) {
  cmsSetLogErrorHandler(be_silent);
  ColourProfile result;
  Profile profile(cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size())));
  if (profile) result.impl_ = std::make_unique<Impl>(Impl{std::move(profile), nullptr});
  return result;
}

ColourProfile ColourProfile::from_primaries(const Chromaticities& chromaticities,
                                            std::optional<double> gamma) {
  cmsSetLogErrorHandler(be_silent);
  const auto& [white, red, green, blue] = chromaticities;
  const cmsCIExyY white_point{white[0], white[1], 1};
  const cmsCIExyYTRIPLE primaries{
      {red[0], red[1], 1}, {green[0], green[1], 1}, {blue[0], blue[1], 1}};
  cmsToneCurve* curve = make_curve(gamma);
  if (curve == nullptr) return {};
  const std::array<cmsToneCurve*, 3> curves{curve, curve, curve};
  Profile colour(cmsCreateRGBProfile(&white_point, &primaries, curves.data()));
  // Grey is as bright as its curve says, and neutral, whatever the white.
  Profile grey(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  ColourProfile result;
  if (colour && grey) {
    result.impl_ = std::make_unique<Impl>(Impl{std::move(colour), std::move(grey)});
  }
  return result;
}

ColourProfile ColourProfile::from_code_points(int primaries, int transfer) {
  Chromaticities chromaticities;
  switch (primaries) {
    case 5:  // ITU-R BT.601, 625 lines
      chromaticities.red = {0.64, 0.33};
      chromaticities.green = {0.29, 0.60};
      break;
    case 6:  // ITU-R BT.601, 525 lines
    case 7:
      chromaticities.red = {0.630, 0.340};
      chromaticities.green = {0.310, 0.595};
      chromaticities.blue = {0.155, 0.070};
      break;
    case 9:  // ITU-R BT.2020
      chromaticities.red = {0.708, 0.292};
      chromaticities.green = {0.170, 0.797};
      chromaticities.blue = {0.131, 0.046};
      break;
    case 12:  // Display P3
      chromaticities.red = {0.680, 0.320};
      chromaticities.green = {0.265, 0.690};
      break;
    default:
      break;
  }
  std::optional<double> gamma;
  if (transfer == 4) gamma = 2.2;
  if (transfer == 5) gamma = 2.8;
  if (transfer == 8) gamma = 1.0;
  return from_primaries(chromaticities, gamma);
}

bool ColourProfile::convert_to_srgb(std::uint8_t* pixels, std::size_t count,
                                    PixelLayout layout) const {
  if (!impl_) return false;
  const Formats formats = formats_of(layout);
  const bool wants_grey = formats.space == cmsSigGrayData;
  const cmsHPROFILE profile = wants_grey && impl_->grey ? impl_->grey.get() : impl_->profile.get();
  if (cmsGetColorSpace(profile) != formats.space) return false;
  if (formats.space == cmsSigRgbData) {
    const Transform probe = make_transform(profile, formats_of(PixelLayout::kRgb));
    if (!probe || changes_nothing(probe.get())) return false;
  }
  const Transform transform = make_transform(profile, formats);
  if (!transform) return false;
  constexpr std::size_t kAtOnce = 1U << 20U;
  const std::size_t size = T_CHANNELS(formats.out) + T_EXTRA(formats.out);
  for (std::size_t first = 0; first < count; first += kAtOnce) {
    const std::size_t part = std::min(kAtOnce, count - first);
    cmsDoTransform(transform.get(), pixels + first * size, pixels + first * size,
                   static_cast<cmsUInt32Number>(part));
  }
  return true;
}

}  // namespace visavis
