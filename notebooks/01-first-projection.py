# %% [markdown]
# # What does a plan lead to? A first projection
#
# A *scenario* says what is planned: sites, grid connections, halls, accelerator orders, money. A *projection* says what it leads to, month by month.
# Here the announced AION gigafactory (200 MW in France, "the equivalent of 288,000 H100") is projected, two of its values are changed, and the two are held side by side.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import capsim
from capsim.scenario import examples

announced = capsim.load(examples()["aion-288k-h100e"])
announced

# %% [markdown]
# ## Where a number comes from
#
# A scenario knows the file, the line and the source of each of its values, also of those it takes from the catalogue. Ask before you trust.

# %%
block = "sites.aion.grid_connection.block-2.stages.works.duration_months"
price = "sites.aion.tariff.level_per_mwh"
pd.DataFrame([vars(announced.origin(path)) for path in (block, price)], index=[block, price]).T

# %% [markdown]
# ## Project it
#
# `simulate` plays the build-out forward and computes power, energy, carbon, water and money, hour by hour. The same seed gives the same numbers.
# A projection shows itself by year; H100e are counted in the definition named.

# %%
base = capsim.simulate(announced, seed=0)
base

# %% [markdown]
# The announcement, held against the projection: `reached` is the value at `by`, `crossed` is when the goal is first reached or a limit first passed.

# %%
pd.DataFrame(base.targets)

# %% [markdown]
# ## Change two values
#
# What if the works on the second block of the grid connection take a year longer, and the wholesale price of electricity is half as high again? `override` returns another scenario; the first one stays as it is.
# Both are run under one seed: they see the same weather, and differ only by what was changed.

# %%
months = announced.sites[0].grid_connection[1].stages[-1].duration_months
level = announced.sites[0].tariff.level_per_mwh
late = capsim.simulate(announced.override({block: months + 12, price: 1.5 * level}), seed=0)
sides = {"as announced": base, "later and dearer": late}
headline = pd.DataFrame({name: side.headline for name, side in sides.items()})
headline["change"] = headline["later and dearer"] / headline["as announced"] - 1
headline.loc[["h100e_8bit_peak", "h100e_h", "facility_gwh", "capex_eur", "opex_eur", "lcoc_eur_per_h100e_h"]]

# %%
figure, axes = plt.subplots(1, 2, figsize=(13, 4), layout="constrained", sharey=True)
for (name, side), ax in zip(sides.items(), axes, strict=True):
    side.plot.capacity(ax=ax).set_title(name, loc="left")

# %% [markdown]
# A part of the compute comes a year later; the dearer electricity shows in the opex, and little in the levelised cost of compute, because most of that is capex: `by_item` has the money by item.

# %%
(base.by_item[["capex_eur", "opex_eur"]] / 1e6).round(1).sort_values("capex_eur", ascending=False)

# %% [markdown]
# Next: change something of your own with `override`, or name it in the scenario file and run `capsim run FILE --override NAME`. `projection.save("folder")` keeps the results, `capsim.Projection.load("folder")` brings them back.
