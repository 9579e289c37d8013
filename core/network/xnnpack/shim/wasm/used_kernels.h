// Force-included into XNNPACK's operators (not its configs): kernels that no layer of ours uses
// answer "none here", and the linker drops them. Ours use those of fp32, and of int8 those for the
// layers that network/activation_scales.h allows: convolutions, leaky relus and the conversions
// between the two types. Sparse (NCHW) inference and the reference kernels go as well. XNNPACK
// takes that answer for missing hardware and returns a status that our runtime checks. For another
// type or layer in the browser, take its line out.
#pragma once
#include <stddef.h>

#include "xnnpack/config.h"
#include "xnnpack/reference-config.h"

#define xnn_init_f16_abs_config() NULL
#define xnn_init_f16_avgpool_config() NULL
#define xnn_init_f16_clamp_config() NULL
#define xnn_init_f16_cmul_config() NULL
#define xnn_init_f16_conv_hwc2chw_3x3c3s2_config() NULL
#define xnn_init_f16_dwconv2d_chw_config() NULL
#define xnn_init_f16_dwconv_config() NULL
#define xnn_init_f16_elu_config() NULL
#define xnn_init_f16_f32acc_rdsum_config() NULL
#define xnn_init_f16_f32acc_rsum_config() NULL
#define xnn_init_f16_gemm_config() NULL
#define xnn_init_f16_hswish_config() NULL
#define xnn_init_f16_ibilinear_chw_config() NULL
#define xnn_init_f16_ibilinear_config() NULL
#define xnn_init_f16_lrelu_config() NULL
#define xnn_init_f16_maxpool_config() NULL
#define xnn_init_f16_neg_config() NULL
#define xnn_init_f16_pavgpool_config() NULL
#define xnn_init_f16_raddstoreexpminusmax_config() NULL
#define xnn_init_f16_rmax_config() NULL
#define xnn_init_f16_rminmax_config() NULL
#define xnn_init_f16_rndd_config() NULL
#define xnn_init_f16_rndne_config() NULL
#define xnn_init_f16_rndu_config() NULL
#define xnn_init_f16_rsqrt_config() NULL
#define xnn_init_f16_sigmoid_config() NULL
#define xnn_init_f16_spmm_config() NULL
#define xnn_init_f16_sqr_config() NULL
#define xnn_init_f16_sqrt_config() NULL
#define xnn_init_f16_tanh_config() NULL
#define xnn_init_f16_to_f32_cvt_config() NULL
#define xnn_init_f16_to_qs8_cvt_config() NULL
#define xnn_init_f16_vadd_config() NULL
#define xnn_init_f16_vdiv_config() NULL
#define xnn_init_f16_vmax_config() NULL
#define xnn_init_f16_vmin_config() NULL
#define xnn_init_f16_vmul_config() NULL
#define xnn_init_f16_vmulcaddc_config() NULL
#define xnn_init_f16_vprelu_config() NULL
#define xnn_init_f16_vsqrdiff_config() NULL
#define xnn_init_f16_vsub_config() NULL
#define xnn_init_f32_conv_hwc2chw_3x3c3s2_config() NULL
#define xnn_init_f32_dwconv2d_chw_config() NULL
#define xnn_init_f32_ibilinear_chw_config() NULL
#define xnn_init_f32_qc4w_gemm_config() NULL
#define xnn_init_f32_qc8w_gemm_config() NULL
#define xnn_init_f32_spmm2_config() NULL
#define xnn_init_f32_spmm4_config() NULL
#define xnn_init_f32_spmm_config() NULL
#define xnn_init_f32_to_f16_cvt_config() NULL
#define xnn_init_f32_to_qp8_cvt_config() NULL
#define xnn_init_f32_to_qu8_cvt_config() NULL
#define xnn_init_pf32_gemm_config() NULL
#define xnn_init_qd8_f16_qb4w_gemm_config() NULL
#define xnn_init_qd8_f16_qc4w_gemm_config() NULL
#define xnn_init_qd8_f16_qc8w_gemm_config() NULL
#define xnn_init_qd8_f32_qb4w_gemm_config() NULL
#define xnn_init_qd8_f32_qc4w_gemm_config() NULL
#define xnn_init_qd8_f32_qc8w_gemm_config() NULL
#define xnn_init_qp8_f32_qb4w_gemm_config() NULL
#define xnn_init_qp8_f32_qc4w_gemm_config() NULL
#define xnn_init_qs8_cvt_config() NULL
#define xnn_init_qs8_rdsum_config() NULL
#define xnn_init_qs8_rsum_config() NULL
#define xnn_init_qs8_to_f16_cvt_config() NULL
#define xnn_init_qs8_vadd_config() NULL
#define xnn_init_qs8_vmul_config() NULL
#define xnn_init_qu8_avgpool_config() NULL
#define xnn_init_qu8_cvt_config() NULL
#define xnn_init_qu8_dwconv_config() NULL
#define xnn_init_qu8_gemm_config() NULL
#define xnn_init_qu8_lrelu_config() NULL
#define xnn_init_qu8_rdsum_config() NULL
#define xnn_init_qu8_rsum_config() NULL
#define xnn_init_qu8_to_f32_cvt_config() NULL
#define xnn_init_qu8_vadd_config() NULL
#define xnn_init_qu8_vmul_config() NULL
#define xnn_init_s32_to_f32_cvt_config() NULL
#define xnn_init_s8_clamp_config() NULL
#define xnn_init_s8_ibilinear_config() NULL
#define xnn_init_s8_maxpool_config() NULL
#define xnn_init_u8_clamp_config() NULL
#define xnn_init_u8_ibilinear_config() NULL
#define xnn_init_u8_lut32norm_config() NULL
#define xnn_init_u8_maxpool_config() NULL
#define xnn_init_u8_rmax_config() NULL
#define xnn_init_x8_lut_config() NULL
#define xnn_init_x8_zip_config() NULL
#define xnn_init_unary_reference_config(op, input, output) NULL
#define xnn_init_binary_reference_config(op, type) NULL
