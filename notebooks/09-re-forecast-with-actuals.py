# %% [markdown]
# # A portfolio that is looked at again: what has happened, and what is to come
#
# A plan is a forecast of a day. What has happened since goes into a status file, a line for each; the plan is then drawn anew from its *data date*. Here are twenty campuses of AI in the United States, as Epoch AI saw them in three vintages (CC-BY 4.0).

# %%
from datetime import date

import matplotlib.pyplot as plt
import pandas as pd

import capsim
from capsim.scenario import examples
from capsim.study import forecast, vintage

file = examples()["living/us-campuses"]
status = file.with_name("status.csv")
pd.read_csv(status, comment="#").head()

# %% [markdown]
# ## The plan before, and as it stands now
#
# `as_of` is the day up to which is known what happened; lines after it are left out.

# %%
before = capsim.load(file, actuals=str(status), as_of=date(2026, 4, 3))
now = capsim.load(file, actuals=str(status), as_of=date(2026, 7, 1))
made = forecast(now, against=[vintage(before, "April")], n=16)
made

# %%
figure, axes = plt.subplots(1, 2, figsize=(14, 4.6), layout="constrained")
made.plot.s_curve(ax=axes[0], figure="grid_mw")
_ = made.plot.s_curve(ax=axes[1], figure="critical_it_mw")

# %% [markdown]
# ## What slipped, and why
#
# A slip has the cause that grew most on the way to its milestone.

# %%
slips = pd.DataFrame(made.slips["April"]).dropna(subset=["months"])
slips.reindex(slips["months"].abs().sort_values(ascending=False).index).head(8).reset_index(drop=True).round(
    1
)

# %% [markdown]
# Next: `capsim baseline save NAME PLAN` keeps a plan to hold later ones against, `--learn` lets your own finished stages count, and `capsim backtest` says whether earlier forecasts were any good ([docs/living-plan.md](../docs/living-plan.md)).
