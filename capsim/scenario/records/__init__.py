"""The vocabulary of a scenario: frozen records with units and bounds; what other rooms use is named here.

docs/python.md shows a scenario made of them.
"""

from capsim.scenario.records.buildout_records import (
    Allocation,
    Crews,
    Factor,
    Funding,
    Reliability,
    Supply,
    Tranche,
    Uncertainty,
)
from capsim.scenario.records.energy_records import (
    Battery,
    Contract,
    FirmPower,
    Flexibility,
    Footprint,
    Generation,
    GridCall,
    HeatReuse,
    Solar,
    SolarShape,
)
from capsim.scenario.records.job_records import JobClass, JobMix, Workload
from capsim.scenario.records.money_records import (
    CostItem,
    Costs,
    Currency,
    Debt,
    Finance,
    FxRate,
    Grant,
    Owner,
    Price,
    Rent,
    Revenue,
)
from capsim.scenario.records.operations_records import (
    Carbon,
    Cooling,
    Demand,
    Electrical,
    Service,
    Shape,
    Tariff,
)
from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Deployment, Equipment, GridStep, Phase, Refresh, Stage
from capsim.scenario.records.study_records import Acceptance, Axis, Correlation, Source, Target
