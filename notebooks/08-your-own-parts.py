# %% [markdown]
# # Your own chip, tariff, cooling model and cost item
#
# Nothing of the package has to be changed to plan with what only you know. Here a former factory near Lyon is planned with a chip from an offer, prices of a forward curve, a plant of one's own and a cost that no catalogue has. All of these numbers are made up.

# %%
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import capsim
from capsim.models.cooling import COOLING, Cooling
from capsim.scenario import copied

folder = TemporaryDirectory()
written = {file.name: file for file in copied("own-data", folder.name)}
pd.read_csv(written["chips.csv"], sep=";").T

# %% [markdown]
# ## A chip and its rack
#
# The scenario names the files: `catalog: {accelerators: chips.csv, systems: systems.csv}`. Units stand in the headings (`tdp_w [kW]`), a number that cannot be is refused with its line, and each value keeps its source.

# %%
plan = capsim.load(written["conversion-48mw.yaml"])
plan

# %%
base = capsim.simulate(plan)
base

# %% [markdown]
# ## A tariff
#
# A file of prices, as a spreadsheet saves it, or a number:

# %%
flat = capsim.simulate(plan.override({"sites.lyon.tariff.level_per_mwh": 95.0}))
pd.DataFrame(
    {
        "forward curve": base.yearly["opex_eur"],
        "95 EUR/MWh": flat.yearly["opex_eur"],
    }
).div(1e6).round(1)

# %% [markdown]
# ## A cooling model
#
# A function of heat and weather, registered by a name; an entry of the catalogue's table `cooling`, which a file adds to, names it and has its arguments. In a module of its own the function is given to any command with `--extend my_models.py`.


# %%
@COOLING.register("cold-river")
def cold_river(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw, pump_share):
    """River water through a heat exchanger; pumps draw a share of the heat, more on hot days."""
    warm = np.clip((np.asarray(dry_bulb_c) - 20.0) / 20.0, 0.0, 1.0)
    return Cooling(pump_share * (1.0 + warm) * np.asarray(heat_mw), np.zeros(np.shape(heat_mw)))


ENTRY = """name,field,value,unit,low,high,kind,source,retrieved,confidence,note
river,title,Water of the river,text,,,assumed,assumed: an example,2026-11,C,
river,model,cold-river,text,,,assumed,assumed: an example,2026-11,C,
river,pump_share,0.02,1,0.01,0.04,assumed,assumed: an example,2026-11,C,
"""

# %% [markdown]
# ## A cost item
#
# An amount, what it is per, and what it is for: `capsim catalog cost_bases` lists what it may be per. A scenario that `extends` another says only what differs, and so both come together:

# %%
OTHER = """extends: conversion-48mw.yaml
name: conversion-on-the-river
catalog: {cooling: river.csv}
sites:
  - id: lyon
    cooling: {preset: river}
costs:
  items:
    - {id: river-works, basis: per_critical_it_mw, category: capex, amount: 120000,
       source: "assumed: an offer for intake and outfall"}
"""
own = written["conversion-48mw.yaml"].with_name("river.csv")
own.write_text(ENTRY)
river = own.with_name("river.yaml")
river.write_text(OTHER)
other = capsim.simulate(capsim.load(river))
shown = ["pue", "facility_gwh", "water_m3", "capex_eur", "opex_eur", "lcoc_eur_per_h100e_h"]
pd.DataFrame({"dry coolers": base.headline, "river": other.headline}).loc[shown]

# %%
other.plot.levelised().figure

# %%
folder.cleanup()

# %% [markdown]
# Check what you wrote: `capsim.testing` has checks of cooling models, stages, bases and tables ([docs/testing.md](../docs/testing.md)); `capsim validate` those of files.
