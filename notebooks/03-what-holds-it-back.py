# %% [markdown]
# # What holds AION back, and what is it worth?
#
# A plan waits for permits, grids, equipment, crews, chips. `relief` lifts each limit in turn, runs the plan again, and says what it gains: dates, compute, money. Two limits that bind one after the other gain little alone; the *ladder* says what to lift first, and what next given that.

# %%
import pandas as pd

import capsim
from capsim.scenario import examples

plan = capsim.load(examples()["aion-288k-h100e"])
relief = capsim.relief(plan, processes=1)
relief

# %%
relief.plot.ladder().figure

# %% [markdown]
# ## One limit at a time
#
# What each limit is worth if it were gone, and if it were eased by one step (for a duration a month).

# %%
rows = {
    one.limit: {
        "H100e-hours [m]": one.gain.figures["h100e_h"] / 1e6,
        "of the plan": one.gain.figures["h100e_h"] / relief.plan["h100e_h"],
        "capex [m EUR]": one.gain.figures["capex_eur"] / 1e6,
        "eased by": one.step,
        "H100e-hours then [m]": one.eased.figures["h100e_h"] / 1e6 if one.eased else None,
    }
    for one in relief.lifted
}
pd.DataFrame(rows).T

# %% [markdown]
# ## Where the time goes
#
# Every grid step, stage and order of the plan; what waits has the colour of its cause.

# %%
capsim.simulate(plan).plot.gantt().figure

# %% [markdown]
# Float says how long something may take longer before it moves its phase: none of it is free where it is 0.

# %%
slack = pd.DataFrame(relief.slack)
slack[slack["phase"] == "p1"].round(1).reset_index(drop=True)

# %% [markdown]
# Next: `capsim relief FILE --by npv` ranks by another figure; [docs/relief.md](../docs/relief.md) says what each limit is.
