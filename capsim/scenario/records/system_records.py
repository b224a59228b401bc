"""The record of what one kind of system draws: parts, a measured figure, or a nameplate."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from capsim.scenario.records.quantity import CatalogDefault, PositiveShare, Quantity, ShareBelowOne
from capsim.scenario.records.record import Name, Record

Basis = Literal["parts", "measured", "nameplate"]
OF_BASIS: Mapping[Basis, tuple[str, ...]] = MappingProxyType(
    {
        "parts": ("module_w", "module_idle_w", "host_w", "host_idle_w", "fan_w", "supply_efficiency"),
        "measured": ("measured_kw", "measured_at", "idle_kw"),
        "nameplate": ("nameplate_kw", "label_share", "idle_share"),
    }
)
"""Fields of a system that are of one basis, by basis."""


class System(Record):
    """Power of one kind of system, on one of three bases; those that deployments name are all here.

    A sum of parts, a measured figure and a nameplate are three things: what is written must be of the
    basis in force.
    """

    id: Name
    """Entry of the catalogue's systems."""
    basis: Annotated[Basis, CatalogDefault("systems/{id}.power_basis")] = "nameplate"
    """What the power is reckoned from: `parts` at their rated power, `measured` at a named workload, or
    the `nameplate`."""
    module_w: Annotated[float, Quantity("W", "systems/{id}", gt=0)] | None = None
    """Parts: power limit of an accelerator, or of a module of accelerator and processor, as rated or as
    set. [W]"""
    module_idle_w: Annotated[float, Quantity("W", "systems/{id}", ge=0)] | None = None
    """Parts: the same without work. [W]"""
    host_w: Annotated[float, Quantity("W", "systems/{id}", ge=0)] | None = None
    """Parts: processors, memory, network cards, switches and drives of a system at rated power. [W]"""
    host_idle_w: Annotated[float, Quantity("W", "systems/{id}", ge=0)] | None = None
    """Parts: the same without work. [W]"""
    fan_w: Annotated[float, Quantity("W", "systems/{id}", ge=0)] | None = None
    """Parts: fans of a system at full heat in air of 25 degC; warmer air drives them harder, and where a
    liquid carries the heat of servers made for air they fall with what is left to the air. [W]"""
    supply_efficiency: Annotated[PositiveShare, CatalogDefault("systems/{id}")] | None = None
    """Parts: efficiency of the power supplies. [1]"""
    measured_kw: Annotated[float, Quantity("kW", gt=0)] | None = None
    """Measured: mean power of a system at the workload `measured_at`; a meter is of one plan, so the
    catalogue has none. [kW]"""
    measured_at: Name | None = None
    """Measured: workload of the catalogue's assumptions (`workload-...`) the figure was measured at."""
    idle_kw: Annotated[float, Quantity("kW", ge=0)] | None = None
    """Measured: power of a system without work. [kW]"""
    nameplate_kw: Annotated[float, Quantity("kW", "systems/{id}", gt=0)] | None = None
    """Nameplate: power a system is labelled for; halls are filled by the catalogue's. [kW]"""
    label_share: (
        Annotated[
            PositiveShare, CatalogDefault("systems/{id}.label_share|assumptions/system-power.label_share")
        ]
        | None
    ) = None
    """Nameplate: most that a system draws over its label. [1]"""
    idle_share: Annotated[ShareBelowOne, CatalogDefault("systems/{id}")] | None = None
    """Nameplate: power of a system without work over its label. [1]"""
    shared_w: Annotated[float, Quantity("W", "systems/{id}", ge=0)] | None = None
    """Share of a system in the cluster's network, storage and management, drawn at all times; what the
    catalogue's all-in power has above the nameplate where missing. [W]"""
    departure: Annotated[float, Quantity("1", "assumptions/system-power.departure", ge=0.5, le=2)]
    """What a system draws over what its basis gives, without the cluster's share: 1 in the central case,
    drawn from how far measured systems of one kind differ. [1]"""


def basis_of(key: str) -> Basis | None:
    """The basis a field of a system is of; None for one of any."""
    return next((basis for basis, keys in OF_BASIS.items() if key in keys), None)
