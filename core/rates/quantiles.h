#pragma once

namespace visavis {

/// The normal deviate of a probability in (0, 1): the z with P(Z <= z) = probability for a standard
/// normal Z. The axes of a DET plot (Martin et al. 1997, "The DET curve in assessment of detection
/// task performance") are linear in it. Exact to about 1e-12. Throws kInvalidArgument outside (0, 1).
double normal_deviate(double probability);

/// The t > 0 with P(|T| <= t) = share for Student's T of `degrees` (1 or more) degrees of freedom:
/// 2.262 for 0.95 and 9. Throws kInvalidArgument for a share outside (0, 1) or fewer degrees.
double student_t_limit(double share, int degrees);

}  // namespace visavis
