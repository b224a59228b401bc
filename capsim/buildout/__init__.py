"""The discrete-event build-out: it decides when. The only room that imports simpy.

What other rooms use of it is named here: the run itself (`build_out`), what it
emits (`Timeline` with its causes), and what a timeline tells (what stood idle, what was ordered when).
"""

from capsim.buildout.idle_assets import ACCELERATOR_DAYS, GRID_MW_DAYS, IT_MW_DAYS, POWER, stranded
from capsim.buildout.outages import MAINTENANCE, SPARE, TECHNICIAN, Outage, Outages
from capsim.buildout.simulate import build_out
from capsim.buildout.slack import Float, activities, floats
from capsim.buildout.spending import steps_applied, works_ordered
from capsim.buildout.timeline import (
    CANCELLED,
    CREW,
    FUNDING,
    GRID,
    HAND_OVER,
    LEAD_TIME,
    OF_GRID,
    PLANNED_START,
    Milestone,
    Timeline,
    Wait,
)
from capsim.buildout.uptime import availability, repair_days
from capsim.buildout.why_never import TOO_LITTLE
