# %% [markdown]
# # OpCore to several gigawatts: what do funding and grid allow?
#
# OpCore stands at 13 to 15 sites and means to reach several gigawatts in Europe, with 2.5 bn EUR in five years. Dates and sizes of its campuses are assumed; when power and money run out follows from them.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import capsim
from capsim.scenario import examples

plan = capsim.load(examples()["opcore-multi-gw"])
plan

# %%
free = capsim.simulate(plan)
free.plot.overview()

# %%
pd.DataFrame(free.targets)[["target", "metric", "goal", "reached", "met", "crossed"]]

# %% [markdown]
# ## With the money that is announced
#
# The same plan where each phase begins only when its money is there: 500 m EUR a year for five years, and nothing after.

# %%
capped = capsim.simulate(plan.override("capped"))
sides = {"as planned": free, "with 2.5 bn EUR": capped}
figure, axes = plt.subplots(2, 1, figsize=(11, 8), layout="constrained")
for (name, side), ax in zip(sides.items(), axes, strict=True):
    side.plot.power(ax=ax).set_title(name, loc="left")

# %%
shown = [
    "critical_it_mw_end",
    "grid_mw_end",
    "facility_peak_mw",
    "capex_eur",
    "capex_eur_per_critical_it_mw",
    "budget_buys_mw",
]
pd.DataFrame({name: side.headline for name, side in sides.items()}).loc[shown]

# %% [markdown]
# ## What binds
#
# What is not ready, in MW, by its cause: where the plan waits for the grid, and where for money.

# %%
waiting = {
    name: side.monthly["waiting_mw"].sum("site").to_pandas().T.resample("YE").mean()
    for name, side in sides.items()
}
figure, axes = plt.subplots(1, 2, figsize=(14, 4.6), layout="constrained", sharey=True)
for (name, table), ax in zip(waiting.items(), axes, strict=True):
    most = table.sum().nlargest(5).index
    table[most].set_axis(table.index.year).plot.bar(
        stacked=True, ax=ax, title=name, ylabel="MW that wait, mean of the year", xlabel=""
    )

# %% [markdown]
# ## Years in the queue
#
# What if every connection that is still to come took three years longer? Only the grid is changed: what lies in the float of the plan costs nothing, what goes beyond it moves gigawatts.

# %%
steps = [
    (site.id, step.id) for site in plan.sites for step in site.grid_connection if step.energised_on is None
]
slip = {f"sites.{site}.grid_connection.{step}.slip_months": 36 for site, step in steps}
late = capsim.simulate(plan.override(slip))
rows = {
    name: side.yearly["critical_it_mw"]
    for name, side in {"as planned": free, "36 months later": late}.items()
}
pd.DataFrame(rows).loc[2028:2037].round(0).T

# %% [markdown]
# Next: [docs/money.md](../docs/money.md) has loans, grants and tranches; `capsim relief FILE` says which limit to lift first.
