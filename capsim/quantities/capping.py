"""What a workload's power cap and power curve make of its systems."""

from __future__ import annotations

from capsim.models.it_power import capped, server_power, utilisation_at_power
from capsim.scenario import Workload


def capped_system(workload: Workload, idle_share: float) -> tuple[float, float]:
    """Power utilisation and share of the throughput left under the workload's power cap. [1]"""
    # without a cap, what is drawn was given and is not computed back
    if workload.power_cap >= 1.0:
        return workload.power_utilisation, 1.0
    drawn, throughput = capped(
        workload.power_cap,
        power_utilisation=on_curve(workload.power_utilisation, workload),
        idle_share=idle_share,
        loss_per_cap=workload.loss_per_cap,
    )
    return utilisation_at_power(drawn, r=workload.power_exponent), throughput


def on_curve(utilisation: float, workload: Workload) -> float:
    """Dynamic power at a utilisation on the workload's power curve, over nameplate less idle. [1]"""
    # on the straight line the two are the same
    if workload.power_exponent == 1.0:
        return utilisation
    return float(server_power(1.0, utilisation, idle_share=0.0, r=workload.power_exponent))
