import math

import pytest

from capsim.models.compute import DEFINITIONS, h100e_ratio

# name, dense BF16, FP8 and INT8, FP4 [TFLOP/s or TOP/s], then the H100e tabulated under each
# definition: Epoch AI, Machine Learning Hardware, snapshot 2026-04-27, and vendors' datasheets.
ACCELERATORS = [
    ("A100 SXM4 80GB", 312, None, 624, None, 0.315, 0.315, 0.315),
    ("H100 SXM5 80GB", 989.4, 1978.9, 1978.9, None, 1.0, 1.0, 1.0),
    ("H100 PCIe 80GB", 756, 1513, 1513, None, 0.764, 0.765, 0.765),
    ("H200 SXM", 989.5, 1979, 1979, None, 1.0, 1.0, 1.0),
    ("H20", 148, 296, 296, None, 0.15, 0.15, 0.15),
    ("GH200 (per superchip)", 989.5, 1979, 1979, None, 1.0, 1.0, 1.0),
    ("B200 SXM", 2250, 4500, 4500, 9000, 2.274, 2.274, 4.548),
    ("GB200 (per GPU)", 2500, 5000, 5000, 10000, 2.527, 2.527, 5.053),
    ("B300 SXM", 2250, 4500, 157.5, 13500, 2.274, 2.274, 6.822),
    ("GB300 (per GPU)", 2500, 5000, 165, 15000, 2.527, 2.527, 7.58),
    ("VR200 Rubin (per GPU package)", 4000, 17500, None, 35000, 4.043, 8.843, 17.686),
    ("MI250X", 383, None, 383, None, 0.387, 0.194, 0.194),
    ("MI300A", 980.6, 1961.2, 1961.2, None, 0.991, 0.991, 0.991),
    ("MI300X", 1307.4, 2614.9, 2614.9, None, 1.321, 1.321, 1.321),
    ("MI325X", 1307.4, 2614.9, 2614.9, None, 1.321, 1.321, 1.321),
    ("MI355X", 2516.6, 5033.2, 5033.2, 10066.3, 2.544, 2.543, 5.087),
    ("MI455X (MI400/MI450 Helios)", 5000, 20100, None, 40300, 5.054, 10.157, 20.364),
    ("TPU v4", 275, None, 275, None, 0.278, 0.139, 0.139),
    ("TPU v5p", 459, None, 918, None, 0.464, 0.464, 0.464),
    ("TPU v6e Trillium", 918, 918, 1836, None, 0.928, 0.928, 0.928),
    ("TPU v7 Ironwood", 2307, 4614, None, None, 2.332, 2.331, 2.331),
    ("Trainium2", 667, 1299, None, None, 0.674, 0.656, 0.656),
    ("Trainium3", 671, 2517, None, 2517, 0.678, 1.272, 1.272),
    ("Gaudi 3 OAM", 1835, 1835, 1835, None, 1.855, 0.927, 0.927),
    ("Data Center GPU Max 1550 (PVC)", None, None, None, None, None, None, None),
    ("Jotunn8", None, 3200, None, None, None, 1.617, 1.617),
    ("Rhea1", None, None, None, None, None, None, None),
]
PEAKS = {"bf16_dense_tflops": 2500.0, "fp8_dense_tflops": 5000.0, "int8_dense_tops": 165.0}


@pytest.mark.parametrize("row", ACCELERATORS, ids=[row[0] for row in ACCELERATORS])
def test_every_catalogued_accelerator_is_reproduced(row):
    _, bf16, fp8, int8, fp4, *published = row
    for definition, ratio in zip(DEFINITIONS, published, strict=True):
        got = h100e_ratio(
            bf16_dense_tflops=bf16,
            fp8_dense_tflops=fp8,
            int8_dense_tops=int8,
            fp4_dense_tflops=fp4,
            definition=definition,
        )
        assert got == pytest.approx(math.nan if ratio is None else ratio, abs=6e-4, nan_ok=True)


def test_nan_is_the_same_as_no_figure():
    got = h100e_ratio(**PEAKS, fp4_dense_tflops=math.nan, definition="best")
    assert got == h100e_ratio(**PEAKS, fp4_dense_tflops=None, definition="best") == 5000 / 1979


def test_unknown_definition_is_refused():
    with pytest.raises(ValueError, match="one of bf16, 8bit, best"):
        h100e_ratio(**PEAKS, fp4_dense_tflops=None, definition="fp64")


@pytest.mark.parametrize("peak", [0.0, -1.0, math.inf])
def test_impossible_peak_is_refused(peak):
    with pytest.raises(ValueError, match="positive and finite"):
        h100e_ratio(**PEAKS, fp4_dense_tflops=peak, definition="best")
