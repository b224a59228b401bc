"""Outdoor air through the hall inside limits of warmth and humidity, water-cooled chillers outside.

The rule of Lei & Masanet, Resources, Conservation and Recycling 182 (2022) 106323, whose bands of PUE and
WUE by climate zone it reproduces, with part load and capacity added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from capsim.models import psychrometrics as air
from capsim.models.cooling import coefficients as of
from capsim.models.cooling import parts
from capsim.models.cooling.air import OutdoorAir, SupplyAir
from capsim.models.cooling.plant import PerHeat
from capsim.units import Array


@dataclass(frozen=True, kw_only=True)
class AirsideHumidityLimits(OutdoorAir):
    """Outdoor air of limited warmth and humidity; water-cooled chillers take everything else.

    Air colder than the range is mixed with return air, warmer air is not used. In humid hours the chillers
    take all the heat, so their margin is at least 1.

    Notes
    -----
    Most of its water is that of the tower, in mild and humid hours; air above the range is not
    sprayed, the rule with which the authors' published bands were made.

    References
    ----------
    .. [1] Lei & Masanet, Resources, Conservation and Recycling 182 (2022) 106323.
    """

    humidity_min: of.HumidityMin
    humidity_max: of.HumidityMax
    dew_point_min_c: of.DewPointMin
    dew_point_max_c: of.DewPointMax
    sensible_heat_ratio: of.SensibleShare
    chiller_capacity_margin: Annotated[of.ChillerMargin, of.AT_LEAST_ONE]

    def per_heat(self, dry_bulb_c: Array, wet_bulb_c: Array) -> PerHeat:
        """What fans, sprays, chillers and tower draw per heat."""
        supply = self._supply(dry_bulb_c, wet_bulb_c)
        sprayed = supply.sprayed_kg_per_kg / (air.DRY_AIR_KJ_PER_KG_K * self.air_rise_k)
        # where chillers serve, what their coils dry out of the air is sprayed back into it
        sprayed += ~supply.serves * ((1 / self.sensible_heat_ratio - 1) / parts.EVAPORATION_KJ_PER_KG)
        chilled = ~supply.serves / self.sensible_heat_ratio
        compressor = self.compressor_per_heat(wet_bulb_c) * chilled
        rejected = compressor + chilled
        auxiliary = self.auxiliary_per_heat(dry_bulb_c, supply.temperature_c, sprayed, chilled, rejected)
        return parts.with_tower(compressor, auxiliary, rejected, sprayed)

    def carried_share(self, dry_bulb_c: Array, wet_bulb_c: Array) -> Array:  # noqa: ARG002
        """Most heat the chillers carry over the rated heat. [1]

        At wet-bulbs at which chillers of a margin of 1 fall short of a full hall, outdoor air is too humid.
        """
        return self.chillers_share(wet_bulb_c)

    def _supply(self, dry_bulb_c: Array, wet_bulb_c: Array) -> SupplyAir:
        """Air within the limits.

        Air below the range is mixed with return air, air above it does not serve, nor air inside it that
        is too humid; air that is too dry is sprayed.
        """
        supply = np.clip(dry_bulb_c, self.supply_min_c, self.supply_max_c)
        outdoor_h = air.saturated_enthalpy_kj_per_kg(wet_bulb_c)
        outdoor = np.maximum(air.water_of_enthalpy(dry_bulb_c, outdoor_h), 0.0)
        saturation = air.saturation_pressure_pa(supply)
        driest = air.humidity_ratio_of_pressure(self.humidity_min * saturation)
        driest = np.maximum(driest, air.dew_point_water(self.dew_point_min_c))
        wettest = air.humidity_ratio_of_pressure(self.humidity_max * saturation)
        wettest = np.minimum(wettest, air.dew_point_water(self.dew_point_max_c))
        is_cold = dry_bulb_c < self.supply_min_c
        serves = is_cold | ((dry_bulb_c <= self.supply_max_c) & (outdoor <= wettest))
        sprayed = np.maximum(driest - outdoor, 0.0) * serves
        # of mixed air only the part from outdoors is sprayed
        sprayed *= np.where(is_cold, self.air_rise_k / (supply + self.air_rise_k - dry_bulb_c), 1.0)
        return SupplyAir(supply, serves, sprayed)
