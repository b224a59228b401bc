# %% [markdown]
# # How sure are we?
#
# A plan has some hundred values that nobody knows: durations, prices, load. An *ensemble* draws all of them together, with weather and events, and says how its results spread; a *sensitivity* says which of them it comes from.

# %%
import capsim
from capsim.scenario import examples

plan = capsim.load(examples()["aion-288k-h100e"])
sure = capsim.ensemble(plan, 32, processes=1, draws=True)
sure

# %% [markdown]
# 32 draws are few, so that this page is quick: 256 and more are usual, and each percentile has the 95 % interval that says how far it can be trusted.

# %%
sure.figures.loc[
    ["h100e_h", "capex_eur", "lcoc_eur_per_h100e_h"], ["central", "p10", "p50", "p90", "p50_low", "p50_high"]
]

# %% [markdown]
# ## When
#
# Dates spread most: a plan has all values at their median and nothing going wrong, so it lies early among its own draws.

# %%
sure.dates[["central", "central_percentile", "p10", "p50", "p90", "never_share"]].head(8)

# %%
sure.plot.chances().figure

# %%
sure.plot.fan()

# %% [markdown]
# Months have the percentile as a dimension, and the draws are a table: ask what you like of them.

# %%
peak = sure.monthly["facility_peak_mw"].sel(month="2031-07-01")
draws = sure.draws[["capex_eur", "h100e_h", "lcoc_eur_per_h100e_h"]]
print(peak.round(1).to_series())
draws.corr().round(2)

# %% [markdown]
# ## What matters most
#
# Each uncertain value at its P10 and its P90, all else central: the width of a bar is what knowing it would be worth.

# %%
capsim.sensitivity(plan, on="lcoc", processes=1).plot.tornado().figure

# %% [markdown]
# Next: `capsim ensemble FILE -n 256 --until-ci 2%` stops when it is sure enough; `capsim sensitivity FILE --sobol 256` splits the variance.
